using Panda.Stream.Captioning;
using Panda.Stream.Config;

namespace Panda.Stream.Selection.Filters;

/// <summary>What section 5 of the paper does to captions: clips with harmful ones are left out, names of persons replaced. Safe for use by several threads at once.</summary>
public sealed class CaptionFilters
{
    private readonly WordList _harmful;
    private readonly PersonNames _names;

    private CaptionFilters(WordList harmful, PersonNames names) => (_harmful, _names) = (harmful, names);

    /// <summary>Reads the lists of a configuration.</summary>
    /// <exception cref="ListFileException">A list cannot be read or has a line that is none of its own kind.</exception>
    public static CaptionFilters Load(FiltersConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new(WordList.Load(Files(config.HarmfulWords)), PersonNames.Load(Files(config.PersonNames)));

        // Of a configuration that was not loaded from a file, the defaults are still relative.
        static IEnumerable<string> Files(IReadOnlyList<string> files) => files.Select(file => Path.GetFullPath(file, PandaHome.Folder));
    }

    /// <summary>Why a caption is left out; null when it is not.</summary>
    public string? WhyHarmful(string caption) =>
        _harmful.Find(caption) is { } entry ? $"its caption has '{entry}', a word of select.filters.harmful_words" : null;

    /// <summary>A candidate with "person" for every name, and counted.</summary>
    public Candidate WithoutNames(Candidate candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        var (caption, names) = _names.Replace(candidate.Caption);
        return candidate with { Caption = caption, NamesReplaced = names };
    }
}
