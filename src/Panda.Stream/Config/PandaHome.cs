namespace Panda.Stream.Config;

/// <summary>The folder of the reference pipeline.yaml, the models and the samples, to which defaults are relative.</summary>
public static class PandaHome
{
    /// <summary>What PANDA_HOME says, else the nearest folder above the program that has a pipeline.yaml, else the current one.</summary>
    public static string Folder { get; } =
        Environment.GetEnvironmentVariable("PANDA_HOME") is { Length: > 0 } named ? Path.GetFullPath(named)
        : Above(AppContext.BaseDirectory) ?? Environment.CurrentDirectory;

    /// <summary>The reference pipeline, the default of every command.</summary>
    public static string Pipeline => Path.Combine(Folder, "pipeline.yaml");

    private static string? Above(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "pipeline.yaml")))
                return folder.FullName;
        return null;
    }
}
