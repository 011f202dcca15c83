using System.Text.Json.Nodes;

namespace Panda.Stream.Config.Binding;

/// <summary>A truth value: true or false and nothing else (YAML 1.1 also took yes, on and y).</summary>
internal sealed class TruthShape : Shape
{
    public override string Expected => "true or false";

    public override bool TryBind(ConfigNode node, string path, Binding binding, out object? value)
    {
        value = node is ScalarNode { Quoted: false } scalar
            ? scalar.Text switch { "true" => true, "false" => false, _ => null }
            : null;
        return value is not null || binding.WrongType(node, path, this);
    }

    public override JsonObject ToSchema() => new() { ["type"] = "boolean" };

    public override JsonNode? ToJson(object? value) => JsonValue.Create((bool)value!);
}
