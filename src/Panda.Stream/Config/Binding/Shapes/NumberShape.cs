using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Panda.Stream.Config.Binding;

/// <summary>A number, whole (int, long) or not (float, double), within the range of its attribute; never quoted, never infinite.</summary>
internal sealed class NumberShape(Type type, RangeAttribute? range) : Shape
{
    private readonly bool _whole = type == typeof(int) || type == typeof(long);
    private readonly double? _least = Bound(range?.Minimum);
    private readonly double? _most = Bound(range?.Maximum);

    public override string Expected
    {
        get
        {
            var noun = _whole ? "a whole number" : "a number";
            return (_least, _most) switch
            {
                (null, null) => noun,
                ({ } least, null) => range!.MinimumIsExclusive ? $"{noun} above {least}" : $"{noun} of {least} or more",
                (null, { } most) => range!.MaximumIsExclusive ? $"{noun} below {most}" : $"{noun} of {most} or less",
                ({ } least, { } most) => (range!.MinimumIsExclusive, range.MaximumIsExclusive) switch
                {
                    (false, false) => $"{noun} from {least} to {most}",
                    (false, true) => $"{noun} from {least} to below {most}",
                    (true, false) => $"{noun} above {least} up to {most}",
                    (true, true) => $"{noun} above {least} and below {most}",
                },
            };
        }
    }

    public override bool TryBind(ConfigNode node, string path, Binding binding, out object? value)
    {
        value = null;
        if (node is not ScalarNode { Quoted: false } scalar || Parse(scalar.Text) is not { } number)
            return binding.WrongType(node, path, this);
        if (!InRange(number) || Convert(scalar.Text, number) is not { } converted)
            return binding.OutOfRange(node, path, scalar.Text, this);
        value = converted;
        return true;
    }

    public override JsonObject ToSchema()
    {
        var schema = new JsonObject { ["type"] = _whole ? "integer" : "number" };
        if (_least is { } least)
            schema[range!.MinimumIsExclusive ? "exclusiveMinimum" : "minimum"] = ToJson(least);
        if (_most is { } most)
            schema[range!.MaximumIsExclusive ? "exclusiveMaximum" : "maximum"] = ToJson(most);
        return schema;
    }

    // 1.0 and 1 are one number and have one form.
    public override JsonNode? ToJson(object? value)
    {
        var number = System.Convert.ToDecimal(value, CultureInfo.InvariantCulture);
        return number == decimal.Truncate(number) ? JsonValue.Create((long)number) : JsonValue.Create(number);
    }

    // Numbers that stand for "no limit" are not told to the user.
    private static double? Bound(object? limit) => limit is null ? null
        : System.Convert.ToDouble(limit, CultureInfo.InvariantCulture) is var number
        && number is > int.MinValue and < int.MaxValue ? number : null;

    private double? Parse(string text) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
        && (char.IsAsciiDigit(text[^1]) || text[^1] == '.')
        && (!_whole || text.All(c => char.IsAsciiDigit(c) || c is '-' or '+')) ? number : null;

    private bool InRange(double number) =>
        double.IsFinite(number)
        && (_least is not { } least || (range!.MinimumIsExclusive ? number > least : number >= least))
        && (_most is not { } most || (range!.MaximumIsExclusive ? number < most : number <= most));

    private object? Convert(string text, double number) =>
        type == typeof(int) ? int.TryParse(text, CultureInfo.InvariantCulture, out var small) ? small : null
        : type == typeof(long) ? long.TryParse(text, CultureInfo.InvariantCulture, out var large) ? large : null
        : type == typeof(float) ? float.IsFinite((float)number) ? (float)number : null
        : number;
}
