using System.Text.Json.Nodes;

namespace Panda.Stream.Config.Binding;

/// <summary>A value that may be null; a file writes null or, where there is one, the word that says what then holds.</summary>
internal sealed class OptionalShape(Shape inner, string? word) : Shape
{
    public override string Expected => word is null ? inner.Expected : $"{inner.Expected}, or {word}";

    public override bool TryBind(ConfigNode node, string path, Binding binding, out object? value)
    {
        value = null;
        // Where there is a word, nothing at all is more likely a slip than a wish.
        if (node is ScalarNode scalar && (word is null ? scalar.IsNull : scalar.Text == word))
            return true;
        // What the inner shape finds fault with may be a misspelt word: the message must offer it.
        var errors = binding.Diagnostics.Count;
        if (inner.TryBind(node, path, binding, out value))
            return true;
        if (word is not null && binding.Diagnostics[errors].At == node.At)
            binding.Diagnostics[errors] = binding.Diagnostics[errors] with { Message = $"{binding.Diagnostics[errors].Message}, or {word}" };
        return false;
    }

    public override JsonObject ToSchema()
    {
        var none = new JsonArray(JsonValue.Create(word));
        return new() { ["anyOf"] = new JsonArray(inner.ToSchema(), new JsonObject { ["enum"] = none }) };
    }

    public override JsonNode? ToJson(object? value) => value is null ? JsonValue.Create(word) : inner.ToJson(value);
}
