using System.Collections;
using System.Reflection;
using System.Text.Json.Nodes;

namespace Panda.Stream.Config.Binding;

/// <summary>A mapping with free keys and values of one shape; the order written is kept.</summary>
internal sealed class MapShape(Type valueType, Shape item) : Shape
{
    private static readonly MethodInfo OrderedMethod = typeof(MapShape).GetMethod(nameof(Ordered), BindingFlags.NonPublic | BindingFlags.Static)!;
    private readonly MethodInfo _ordered = OrderedMethod.MakeGenericMethod(valueType);

    public override string Expected => "a mapping";

    public override bool TryBind(ConfigNode node, string path, Binding binding, out object? value)
    {
        value = null;
        if (node is not MapNode map)
            return binding.WrongType(node, path, this);
        var sound = true;
        var bound = new List<KeyValuePair<string, object?>>();
        foreach (var (key, entry) in map.Entries)
        {
            var entryPath = $"{path}.{key.Text}";
            binding.Locations.Add(entryPath, entry.At);
            if (item.TryBind(entry, entryPath, binding, out var entryValue))
                bound.Add(new(key.Text, entryValue));
            else
                sound = false;
        }
        value = sound ? _ordered.Invoke(null, [bound]) : null;
        return sound;
    }

    public override JsonObject ToSchema() => new() { ["type"] = "object", ["additionalProperties"] = item.ToSchema() };

    public override JsonNode? ToJson(object? value)
    {
        var json = new JsonObject();
        foreach (var entry in (IEnumerable)value!)
        {
            var type = entry.GetType();
            json.Add((string)type.GetProperty("Key")!.GetValue(entry)!, item.ToJson(type.GetProperty("Value")!.GetValue(entry)));
        }
        return json;
    }

    private static OrderedDictionary<string, T> Ordered<T>(IEnumerable<KeyValuePair<string, object?>> entries) =>
        new(entries.Select(entry => KeyValuePair.Create(entry.Key, (T)entry.Value!)));
}
