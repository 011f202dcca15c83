using Panda.Stream.Config.Binding;

namespace Panda.Stream.Config;

/// <summary>The models below a folder: every subfolder with a card.yaml, and the kind that each card says. The rest of a card is read by whoever opens the model.</summary>
internal sealed class ModelFolder
{
    private readonly string _folder;

    public ModelFolder(string folder)
    {
        _folder = folder;
        Names = [.. Directory.EnumerateDirectories(folder)
            .Where(model => File.Exists(Path.Combine(model, "card.yaml")))
            .Select(model => Path.GetFileName(model)).Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<string> Names { get; }

    public string CardOf(string name) => Path.Combine(_folder, name, "card.yaml");

    /// <summary>The kind on a model's card; null when the card cannot be read, with the reason in <paramref name="diagnostics"/>.</summary>
    public string? KindOf(string name, ICollection<Diagnostic> diagnostics)
    {
        var card = CardOf(name);
        var origin = new Location(card, 1, 1);
        if (TextFile.Read(card, card, diagnostics) is not { } text || YamlReader.Read(origin, text, diagnostics) is not { } node)
            return null;
        if (node is MapNode map && map.Entries.FirstOrDefault(entry => entry.Key.Text == "kind").Value is ScalarNode kind)
            return kind.Text;
        diagnostics.Add(new(node.At, DiagnosticCode.MissingKey, "found no key 'kind', expected one of embedder, teacher, matcher"));
        return null;
    }
}
