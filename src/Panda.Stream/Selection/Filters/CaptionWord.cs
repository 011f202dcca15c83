using System.Text.RegularExpressions;

namespace Panda.Stream.Selection.Filters;

/// <summary>A word of a caption and where it stands. A possessive 's is not part of it, and a hyphen parts two words.</summary>
internal readonly partial record struct CaptionWord(string Text, int Start)
{
    internal int End => Start + Text.Length;

    internal bool IsCapitalised => char.IsUpper(Text[0]);

    internal static CaptionWord[] In(string caption) =>
        [.. Pattern().Matches(caption).Select(word => new CaptionWord(word.Value, word.Index))];

    // An apostrophe within a word belongs to it (O'Brien, don't), except before a final s, which is no word of its own either.
    [GeneratedRegex(@"(?!(?<=[\p{L}\p{M}\p{N}]['’])s\b)[\p{L}\p{M}\p{N}]+(?:['’](?!s\b)[\p{L}\p{M}]+)*", RegexOptions.IgnoreCase)]
    private static partial Regex Pattern();
}
