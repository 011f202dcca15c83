using Panda.Stream.Config.Binding;

namespace Panda.Stream.Config;

/// <summary>Step 2, resolve: every path absolute, by where it was written.</summary>
internal static class PipelinePaths
{
    /// <summary>Input, models and lists are relative to the file that names them; what the command line names, and the output always, to the current folder; defaults to <see cref="PandaHome"/>.</summary>
    public static PipelineConfig Resolve(PipelineConfig config, Locations locations, string file)
    {
        var besideFile = Path.GetDirectoryName(Path.GetFullPath(file))!;
        return config with
        {
            Input = Absolute("input", config.Input),
            Models = Absolute("models", config.Models),
            Output = Path.GetFullPath(config.Output),
            Select = config.Select with
            {
                Filters = new()
                {
                    HarmfulWords = Lists("select.filters.harmful_words", config.Select.Filters.HarmfulWords),
                    PersonNames = Lists("select.filters.person_names", config.Select.Filters.PersonNames),
                },
            },
        };

        IReadOnlyList<string> Lists(string key, IReadOnlyList<string> paths) => [.. paths.Select(path => Absolute(key, path))];

        string Absolute(string key, string path) => Path.GetFullPath(path,
            !locations.Paths.Contains(key) ? PandaHome.Folder
            : locations[key].Line == 0 ? Environment.CurrentDirectory
            : besideFile);
    }
}
