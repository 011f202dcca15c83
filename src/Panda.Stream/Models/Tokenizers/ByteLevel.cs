using System.Text.RegularExpressions;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>GPT-2's way with text: words by its own pattern, written in the <see cref="ByteAlphabet"/>.</summary>
internal static partial class ByteLevel
{
    private static readonly RunePattern Words = new(Pattern());

    internal static PreTokeniser Read(JsonPart part)
    {
        var (prefix, words) = (part.Flag("add_prefix_space", true), part.Flag("use_regex", true));
        return (text, _) =>
        {
            if (prefix && text[0] != ' ')
                text = " " + text;
            return (words ? Cutting.Cut(text, Words.Find, CutBehaviour.Isolated) : [text]).Select(word => ByteAlphabet.Encode(word));
        };
    }

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
