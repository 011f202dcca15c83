using Panda.Stream.Config.Binding;
using Panda.Stream.Models;

namespace Panda.Stream.Config;

/// <summary>The models below a folder: every subfolder with a card.yaml.</summary>
internal sealed class ModelFolder(string folder)
{
    public string Folder => folder;

    public string CardOf(string name) => Path.Combine(folder, name, "card.yaml");

    public bool Has(string name) => File.Exists(CardOf(name));

    /// <summary>Names of the models whose cards say a kind, whatever else may be wrong with them.</summary>
    public IReadOnlyList<string> OfKind(ModelKind kind) =>
        [.. Directory.EnumerateDirectories(folder).Select(model => Path.GetFileName(model))
            .Where(name => Has(name) && YamlBinder.Load<ModelCard>(CardOf(name)).Draft?.Kind == kind)
            .Order(StringComparer.Ordinal)];
}
