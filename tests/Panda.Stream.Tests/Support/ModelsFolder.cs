namespace Panda.Stream.Tests.Support;

/// <summary>A models folder for a configuration: copies of the tiny models under whatever names it uses, and the feature model.</summary>
public static class ModelsFolder
{
    public static void Make(string folder, string[] embedders, string[] teachers, string[] matchers)
    {
        CopyOf("mini-lpips", folder);
        foreach (var (kind, names) in new[] { ("embedder", embedders), ("teacher", teachers), ("matcher", matchers) })
        {
            foreach (var name in names)
            {
                Directory.CreateDirectory(Path.Combine(folder, name));
                foreach (var file in Directory.EnumerateFiles(Path.Combine(TinyModels.Folder, kind)))
                    File.Copy(file, Path.Combine(folder, name, Path.GetFileName(file)));
                // A card bears its folder's name.
                var card = Path.Combine(folder, name, "card.yaml");
                File.WriteAllText(card, File.ReadAllText(card).Replace($"name: tiny-{kind}", $"name: {name}", StringComparison.Ordinal));
            }
        }
    }

    /// <summary>A model of the repository, and beside it what models share.</summary>
    public static void CopyOf(string name, string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, name));
        if (!Directory.Exists(Path.Combine(folder, "shared")))
            Directory.CreateSymbolicLink(Path.Combine(folder, "shared"), Repository.File("models/shared"));
        foreach (var file in Directory.EnumerateFiles(Repository.File($"models/{name}")))
            File.Copy(file, Path.Combine(folder, name, Path.GetFileName(file)));
    }
}
