using System.Text.Json;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>A part of tokenizer.json that knows its place, so that what is wrong with it can be said with the place.</summary>
internal readonly record struct JsonPart(JsonElement Json, string Place)
{
    /// <summary>What kind of part it is.</summary>
    internal string Type => Text("type");

    internal JsonPart this[string name] => Maybe(name) ?? throw new TokenizerException($"{At(name)}: found nothing, expected a value");

    /// <summary>Null when the value is missing or null.</summary>
    internal JsonPart? Maybe(string name) => Json.ValueKind != JsonValueKind.Object
        ? throw Wrong("an object")
        : Json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? new(value, At(name)) : null;

    internal string Text() => Json.ValueKind == JsonValueKind.String ? Json.GetString()! : throw Wrong("text");

    internal string Text(string name) => this[name].Text();

    internal int Number() => Json.ValueKind == JsonValueKind.Number && Json.TryGetInt32(out var number) ? number : throw Wrong("a whole number");

    internal double Score() => Json.ValueKind == JsonValueKind.Number ? Json.GetDouble() : throw Wrong("a number");

    internal bool Flag(string name, bool otherwise) => Maybe(name) switch
    {
        null => otherwise,
        { Json.ValueKind: JsonValueKind.True } => true,
        { Json.ValueKind: JsonValueKind.False } => false,
        { } other => throw other.Wrong("true or false"),
    };

    internal IEnumerable<JsonPart> Items()
    {
        if (Json.ValueKind != JsonValueKind.Array)
            throw Wrong("a list");
        var place = Place;
        return Json.EnumerateArray().Select((item, i) => new JsonPart(item, $"{place}[{i}]"));
    }

    internal IEnumerable<(string Name, JsonPart Value)> Members()
    {
        if (Json.ValueKind != JsonValueKind.Object)
            throw Wrong("an object");
        var place = Place;
        return Json.EnumerateObject().Select(member => (member.Name, new JsonPart(member.Value, $"{place}.{member.Name}")));
    }

    internal TokenizerException Wrong(string expected)
    {
        var found = Json.GetRawText();
        return new($"{Place}: found {(found.Length <= 60 ? found : found[..60] + "...")}, expected {expected}");
    }

    private string At(string name) => Place.Length == 0 ? name : $"{Place}.{name}";
}
