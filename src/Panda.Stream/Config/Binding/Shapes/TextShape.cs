using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;

namespace Panda.Stream.Config.Binding;

/// <summary>Text: any scalar as it is written, so that a model may be called 3d or on.</summary>
internal sealed class TextShape(LengthAttribute? length) : Shape
{
    public override string Expected => length is null or { MinimumLength: 0 } ? "text" : "text that is not empty";

    public override bool TryBind(ConfigNode node, string path, Binding binding, out object? value)
    {
        value = null;
        if (node is not ScalarNode scalar || scalar.IsNull)
            return binding.WrongType(node, path, this);
        if (length is not null && (scalar.Text.Length < length.MinimumLength || scalar.Text.Length > length.MaximumLength))
            return binding.OutOfRange(node, path, $"{scalar.Text.Length} characters", this);
        value = scalar.Text;
        return true;
    }

    public override JsonObject ToSchema()
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (length is { MinimumLength: > 0 })
            schema["minLength"] = length.MinimumLength;
        return schema;
    }

    public override JsonNode? ToJson(object? value) => JsonValue.Create((string?)value);
}
