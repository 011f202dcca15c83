using System.Globalization;
using System.Text;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>
/// Cuts text into the words that byte pairs are merged in, as GPT-2's pattern does:
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.
/// By hand because .NET's regular expressions see UTF-16 units, and so no letters or digits beyond U+FFFF.
/// </summary>
internal static class ByteLevelWords
{
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind { Letter, Number, Other, Space, End }

    internal static IEnumerable<string> Split(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = WordEnd(text, start);
            yield return text[start..end];
            start = end;
        }
    }

    private static int WordEnd(string text, int start)
    {
        foreach (var contraction in Contractions)
            if (string.CompareOrdinal(text, start, contraction, 0, contraction.Length) == 0)
                return start + contraction.Length;

        // One blank may lead a word of letters, of numbers or of other signs.
        var first = text[start] == ' ' && KindAt(text, start + 1) is not (Kind.Space or Kind.End) ? start + 1 : start;
        var kind = KindAt(text, first);
        var end = first;
        while (KindAt(text, end) == kind)
            end += char.IsSurrogatePair(text, end) ? 2 : 1;

        // A run of blanks leaves its last to the word that follows.
        return kind == Kind.Space && end < text.Length && end - start > 1 ? end - 1 : end;
    }

    private static Kind KindAt(string text, int index)
    {
        if (index >= text.Length)
            return Kind.End;
        if (!Rune.TryGetRuneAt(text, index, out var rune))
            return Kind.Other; // half a surrogate pair
        if (Rune.IsWhiteSpace(rune))
            return Kind.Space;
        return Rune.GetUnicodeCategory(rune) switch
        {
            <= UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
    }
}
