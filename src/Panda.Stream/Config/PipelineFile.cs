using Panda.Stream.Config.Binding;

namespace Panda.Stream.Config;

/// <summary>Step 1, load: the YAML file with the overrides laid over it, bound to the records.</summary>
internal static class PipelineFile
{
    public static Bound<PipelineConfig> Load(string path, IReadOnlyList<Override> overrides)
    {
        var diagnostics = new List<Diagnostic>();
        return Bind(path, TextFile.Read(path, path, diagnostics, mayBePipe: true), overrides, diagnostics);
    }

    /// <summary>The same of a text that was read already.</summary>
    public static Bound<PipelineConfig> Parse(string source, string text, IReadOnlyList<Override> overrides) => Bind(source, text, overrides, []);

    private static Bound<PipelineConfig> Bind(string path, string? text, IReadOnlyList<Override> overrides, List<Diagnostic> diagnostics)
    {
        var origin = new Location(path, 1, 1);
        var node = text is null ? null : YamlReader.Read(origin, text, diagnostics);

        // Of an unreadable file nothing more can be said; the overrides are bound alone, so that their mistakes are told too.
        var readable = node is not null;
        node ??= new MapNode(origin, []);
        foreach (var set in overrides)
            node = Lay(node, set, diagnostics);
        var bound = YamlBinder.Bind<PipelineConfig>(node, origin, diagnostics);
        return readable ? bound : bound with { Draft = null };
    }

    private static ConfigNode Lay(ConfigNode node, Override set, List<Diagnostic> diagnostics)
    {
        var at = new Location(set.Shown);
        if (set.Key is null)
        {
            diagnostics.Add(new(at, DiagnosticCode.MalformedOverride, "found no key and value, expected KEY.KEY=VALUE such as split.stitch=0.5"));
            return node;
        }
        var value = set.IsYaml ? YamlReader.Read(at, set.Value, diagnostics) : new ScalarNode(at, set.Value, Quoted: false);
        return value is null ? node : With(node, set.Key.Split('.'), value);
    }

    // What stands in the way of a deeper key, such as text where a mapping belongs, gives way to it.
    private static ConfigNode With(ConfigNode? node, ReadOnlySpan<string> keys, ConfigNode value)
    {
        if (keys is [])
            return value;
        var map = node as MapNode ?? new(value.At, []);
        var entries = map.Entries.ToList();
        var name = keys[0];
        var index = entries.FindIndex(entry => entry.Key.Text == name);
        var entry = new MapEntry(
            index < 0 ? new(value.At, name, Quoted: false) : entries[index].Key,
            With(index < 0 ? null : entries[index].Value, keys[1..], value));
        if (index < 0)
            entries.Add(entry);
        else
            entries[index] = entry;
        return map with { Entries = entries };
    }
}
