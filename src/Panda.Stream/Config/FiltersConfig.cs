using System.ComponentModel;

namespace Panda.Stream.Config;

// Both are on: the dataset was filtered so, and a caption that names a private person cannot be called back once it is published.
public sealed record FiltersConfig
{
    [Description("Lists of words that leave a clip out when its caption has one: text files, a word or phrase a line. Relative to this file; on the command line, to the current folder. []: none is looked for.")]
    public IReadOnlyList<string> HarmfulWords { get; init; } = ["lists/harmful_words.txt"];

    [Description("Lists of names that become \"person\" in captions: text files. Relative to this file; on the command line, to the current folder. []: names stay.")]
    public IReadOnlyList<string> PersonNames { get; init; } = ["lists/person_names.txt"];
}
