using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Panda.Stream.Config.Binding;

/// <summary>A record of init properties: one key each, in snake_case; <c>required</c> ones must be written, the others keep the value the record gives them.</summary>
internal sealed class RecordShape(Type type) : Shape
{
    private readonly Key[] _keys = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).Select(property => new Key(property))];

    public override string Expected => "a mapping";

    public override bool TryBind(ConfigNode node, string path, Binding binding, out object? value)
    {
        value = null;
        if (node is ScalarNode { IsNull: false } alone && Array.Find(_keys, key => key.IsShorthand) is { } shorthand)
            node = new MapNode(node.At, [new(new ScalarNode(node.At, shorthand.Name, Quoted: false), alone)]);
        if (node is not MapNode map)
            return binding.WrongType(node, path, this);

        var sound = true;
        var values = new Dictionary<Key, object?>();
        var written = new HashSet<Key>();
        foreach (var (keyNode, entry) in map.Entries)
        {
            var key = Array.Find(_keys, key => key.Name == keyNode.Text);
            if (key is null)
            {
                sound = binding.Fail(keyNode, DiagnosticCode.UnknownName, path, $"unknown key {ScalarNode.Quote(keyNode.Text)}{MeantBy(keyNode.Text, binding.Root)}");
                continue;
            }
            var keyPath = Join(path, key.Name);
            written.Add(key);
            binding.Locations.Add(keyPath, entry.At);
            var soundValue = key.Shape.TryBind(entry, keyPath, binding, out var bound);
            sound &= soundValue;
            if (soundValue || bound is not null)
                values.Add(key, bound);
        }
        foreach (var key in _keys.Where(key => key.Required && !written.Contains(key)))
            sound = binding.Fail(node, DiagnosticCode.MissingKey, path, $"found no key '{key.Name}', expected {key.Shape.Expected}");
        if (_keys.Any(key => key.Required && !values.ContainsKey(key)))
            return false;

        value = Activator.CreateInstance(type)!;
        foreach (var (key, bound) in values)
            key.Property.SetValue(value, bound);
        return sound;
    }

    public override JsonObject ToSchema()
    {
        // A record without required keys has a value of its own for every key: the default that editors show.
        var defaults = _keys.Any(key => key.Required) ? null : Activator.CreateInstance(type);
        var properties = new JsonObject();
        foreach (var key in _keys)
        {
            var schema = key.Shape.ToSchema();
            if (key.Description is not null)
                schema.Insert(0, "description", key.Description);
            if (defaults is not null && key.Shape is not RecordShape)
                schema["default"] = key.Shape.ToJson(key.Property.GetValue(defaults));
            properties.Add(key.Name, schema);
        }
        var record = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        if (_keys.Any(key => key.Required))
            record["required"] = new JsonArray([.. _keys.Where(key => key.Required).Select(key => JsonValue.Create(key.Name))]);
        return record;
    }

    public override JsonNode? ToJson(object? value)
    {
        var json = new JsonObject();
        foreach (var key in _keys)
            json.Add(key.Name, key.Shape.ToJson(key.Property.GetValue(value)));
        return json;
    }

    // A key that is no near miss here may belong elsewhere: 'stitch' at the top is 'split.stitch'.
    private string MeantBy(string typed, RecordShape root)
    {
        var allowed = _keys.Select(key => key.Name).ToArray();
        return Suggestion.Nearest(typed, allowed) is null && root.PathsTo(typed, "").ToArray() is [var elsewhere]
            ? $"; did you mean '{elsewhere}'?"
            : Suggestion.Tail(typed, allowed);
    }

    private IEnumerable<string> PathsTo(string name, string path) => _keys.SelectMany(key =>
        (key.Name == name ? [Join(path, name)] : Array.Empty<string>())
            .Concat(key.Shape is RecordShape record ? record.PathsTo(name, Join(path, key.Name)) : []));

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private sealed class Key(PropertyInfo property)
    {
        public PropertyInfo Property { get; } = property;
        public string Name { get; } = Names.Of(property.Name);
        public string? Description { get; } = property.GetCustomAttribute<DescriptionAttribute>()?.Description;
        public bool Required { get; } = property.IsDefined(typeof(RequiredMemberAttribute));
        public bool IsShorthand { get; } = property.IsDefined(typeof(ShorthandAttribute));
        public Shape Shape { get; } = Of(property);
    }
}
