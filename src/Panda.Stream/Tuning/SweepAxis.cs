using System.Globalization;
using Panda.Stream.Config;

namespace Panda.Stream.Tuning;

/// <summary>One key of a sweep and the values it is to take, as texts: <c>split.stitch=0.3..0.9:0.05</c> or <c>split.transition=0.8,1.0,1.2</c>.</summary>
public sealed record SweepAxis(string Key, IReadOnlyList<string> Values)
{
    private const int MostValues = 10_000;

    /// <exception cref="TuningException">It is not of either form.</exception>
    public static SweepAxis Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var (key, values) = equals < 0 ? ("", "") : (text[..equals].Trim(), text[(equals + 1)..].Trim());
        if (key.Length == 0 || values.Length == 0)
            throw new TuningException($"'{text}': found no key and values, expected KEY=FROM..TO:STEP or KEY=VALUE,VALUE such as split.stitch=0.3..0.9:0.05");
        return new(key, [.. values.Split(',', StringSplitOptions.TrimEntries).SelectMany(value => Range(text, value)).DistinctBy(value => Number(value, out var number) ? (object)number : value)]);
    }

    /// <summary>The overrides of every combination of the axes' values, the last axis running fastest.</summary>
    public static IEnumerable<IReadOnlyList<Override>> Combinations(IReadOnlyList<SweepAxis> axes)
    {
        ArgumentNullException.ThrowIfNull(axes);
        return axes.Aggregate(
            (IEnumerable<IReadOnlyList<Override>>)[[]],
            (before, axis) => before.SelectMany(set => axis.Values.Select(value => (IReadOnlyList<Override>)[.. set, Override.Set($"{axis.Key}={value}")])));
    }

    private static IEnumerable<string> Range(string text, string value)
    {
        if (value.Split("..") is not [var from, var rest])
            return [value];
        // In decimals, so that 0.3 to 0.9 by 0.05 ends with 0.9 and not with 0.8999.
        if (rest.Split(':') is not [var to, var step] || !Number(from, out var first) || !Number(to, out var last) || !Number(step, out var by))
            throw new TuningException($"'{text}': found the range '{value}', expected FROM..TO:STEP such as 0.3..0.9:0.05");
        if (by <= 0 || last < first || (last - first) / by >= MostValues)
            throw new TuningException($"'{text}': found a range from {first} to {last} in steps of {by}, expected it to rise in at most {MostValues} steps");
        return Enumerable.Range(0, (int)((last - first) / by) + 1).Select(i => (first + i * by).ToString(CultureInfo.InvariantCulture));
    }

    private static bool Number(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
}
