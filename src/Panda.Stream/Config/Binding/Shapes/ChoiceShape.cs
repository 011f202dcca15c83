using System.Text.Json.Nodes;

namespace Panda.Stream.Config.Binding;

/// <summary>One word of an enum, in snake_case.</summary>
internal sealed class ChoiceShape : Shape
{
    private readonly Dictionary<string, object> _values;

    public ChoiceShape(Type type) =>
        _values = Enum.GetNames(type).ToDictionary(Names.Of, name => Enum.Parse(type, name));

    public override string Expected => $"one of {string.Join(", ", _values.Keys)}";

    public override bool TryBind(ConfigNode node, string path, Binding binding, out object? value)
    {
        value = null;
        if (node is not ScalarNode scalar || scalar.IsNull)
            return binding.WrongType(node, path, this);
        return _values.TryGetValue(scalar.Text, out value)
            || binding.Fail(node, DiagnosticCode.UnknownName, path, $"unknown value {ScalarNode.Quote(scalar.Text)}{Suggestion.Tail(scalar.Text, _values.Keys)}");
    }

    public override JsonObject ToSchema() =>
        new() { ["enum"] = new JsonArray([.. _values.Keys.Select(name => JsonValue.Create(name))]) };

    public override JsonNode? ToJson(object? value) => JsonValue.Create(Names.Of(value!.ToString()!));
}
