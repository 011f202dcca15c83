using System.Text.Json.Nodes;

namespace Panda.Stream.Config.Binding;

/// <summary>An amount of bytes with its unit, at least one MiB; a bare number is refused, since it may have been meant in any unit.</summary>
internal sealed class ByteCountShape : Shape
{
    private const long Least = 1 << 20;

    public override string Expected => "an amount of at least 1MiB with its unit, such as 512MiB or 8GB";

    public override bool TryBind(ConfigNode node, string path, Binding binding, out object? value)
    {
        value = null;
        if (node is not ScalarNode scalar || ByteCount.Parse(scalar.Text) is not { } count)
            return binding.WrongType(node, path, this);
        if (count.Bytes < Least)
            return binding.OutOfRange(node, path, scalar.Text, this);
        value = count;
        return true;
    }

    public override JsonObject ToSchema() => new() { ["type"] = "string", ["pattern"] = @"^[0-9]+(\.[0-9]+)? ?(B|[KMGT]i?B)$" };

    public override JsonNode? ToJson(object? value) => JsonValue.Create($"{((ByteCount)value!).Bytes}B");
}
