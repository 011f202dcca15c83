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
        var node = TextFile.Read(path, path, diagnostics) is { } text ? YamlReader.Read(path, text, diagnostics) : null;
        return Bind<T>(node, new(path, 1, 1), diagnostics);
    }

    /// <summary>Binds text that was read already.</summary>
    /// <param name="source">What diagnostics call it.</param>
    public static Bound<T> Parse<T>(string source, string text) where T : class
    {
        var diagnostics = new List<Diagnostic>();
        return Bind<T>(YamlReader.Read(source, text, diagnostics), new(source, 1, 1), diagnostics);
    }

    /// <summary>Binds nodes; what was found wrong while they were read comes in <paramref name="diagnostics"/> and is joined to the rest.</summary>
    internal static Bound<T> Bind<T>(ConfigNode? node, Location root, List<Diagnostic> diagnostics) where T : class
    {
        var locations = new Locations(root);
        object? value = null;
        if (node is not null)
            Shape.OfRecord(typeof(T)).TryBind(node, "", new(diagnostics, locations), out value);
        return new(diagnostics.Count == 0 ? (T?)value : null, locations, InOrder(diagnostics));
    }

    /// <summary>Diagnostics by line of the file, those of arguments last.</summary>
    internal static IReadOnlyList<Diagnostic> InOrder(IEnumerable<Diagnostic> diagnostics) =>
        [.. diagnostics.OrderBy(diagnostic => diagnostic.At.Line == 0).ThenBy(diagnostic => diagnostic.At.Line).ThenBy(diagnostic => diagnostic.At.Column)];
}
