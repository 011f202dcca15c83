using System.Text.Json.Nodes;

namespace Panda.Stream.Config.Binding;

/// <summary>
/// Binds YAML to immutable records, by their init properties: pipeline.yaml and model cards alike. Property names become snake_case keys;
/// <c>required</c>, nullable, <c>[Range]</c>, <c>[Length]</c>, <c>[Description]</c> and <see cref="NullIsAttribute"/> mean what they say.
/// Every error of a file is reported, none is thrown.
/// </summary>
public static class YamlBinder
{
    /// <summary>Binds a file.</summary>
    /// <param name="path">The file; diagnostics name it as it is given here.</param>
    public static Bound<T> Load<T>(string path) where T : class
    {
        var diagnostics = new List<Diagnostic>();
        return Bind<T>(path, TextFile.Read(path, path, diagnostics), diagnostics);
    }

    /// <summary>Binds what was read already: UTF-8, as of a file.</summary>
    /// <param name="source">What diagnostics call it.</param>
    /// <param name="bytes">YAML.</param>
    public static Bound<T> Parse<T>(string source, ReadOnlySpan<byte> bytes) where T : class
    {
        var diagnostics = new List<Diagnostic>();
        return Bind<T>(source, TextFile.Decode(bytes, source, diagnostics), diagnostics);
    }

    /// <summary>A record as a file would say it: snake_case keys, every one of them, and the words that stand for null.</summary>
    public static JsonObject ToJson<T>(T value) where T : class => (JsonObject)Shape.OfRecord(typeof(T)).ToJson(value)!;

    private static Bound<T> Bind<T>(string source, string? text, List<Diagnostic> diagnostics) where T : class
    {
        var origin = new Location(source, 1, 1);
        return Bind<T>(text is null ? null : YamlReader.Read(origin, text, diagnostics), origin, diagnostics);
    }

    /// <summary>Binds nodes; what was found wrong while they were read comes in <paramref name="diagnostics"/> and is joined to the rest.</summary>
    internal static Bound<T> Bind<T>(ConfigNode? node, Location root, List<Diagnostic> diagnostics) where T : class
    {
        var locations = new Locations(root);
        var shape = Shape.OfRecord(typeof(T));
        object? value = null;
        if (node is not null)
            shape.TryBind(node, "", new(shape, diagnostics, locations), out value);
        return new(diagnostics.Count == 0 ? (T?)value : null, locations, InOrder(diagnostics, root.Source)) { Draft = (T?)value };
    }

    /// <summary>Diagnostics of the file itself by line, then those of other files, last those of arguments as they were given.</summary>
    internal static IReadOnlyList<Diagnostic> InOrder(IEnumerable<Diagnostic> diagnostics, string file) =>
        [.. diagnostics.Distinct().OrderBy(diagnostic => diagnostic.At.Line == 0).ThenBy(diagnostic => diagnostic.At.Source != file)
            .ThenBy(diagnostic => diagnostic.At.Line == 0 ? "" : diagnostic.At.Source, StringComparer.Ordinal).ThenBy(diagnostic => diagnostic.At.Line).ThenBy(diagnostic => diagnostic.At.Column)];
}
