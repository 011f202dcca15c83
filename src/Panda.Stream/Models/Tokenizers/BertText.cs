using System.Globalization;
using System.Text;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>What BERT does to text before WordPiece: BertNormalizer and BertPreTokenizer of tokenizer.json.</summary>
internal static class BertText
{
    internal static string Normalise(string text, bool clean, bool chinese, bool stripAccents, bool lowercase)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean && (rune.Value is 0 or 0xFFFD || IsControl(rune)))
                continue;
            if (clean && Rune.IsWhiteSpace(rune))
                result.Append(' ');
            else if (chinese && IsChinese(rune.Value))
                result.Append(' ').Append(rune).Append(' ');
            else
                result.Append(rune);
        }
        var normal = result.ToString();
        if (stripAccents)
            normal = Accents.Strip(normal);
        return lowercase ? normal.ToLowerInvariant() : normal;
    }

    /// <summary>Words between blanks; every punctuation mark is a word of its own.</summary>
    internal static IEnumerable<string> Split(string text)
    {
        var start = 0;
        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var length);
            var blank = Rune.IsWhiteSpace(rune);
            if (blank || IsPunctuation(rune))
            {
                if (at > start)
                    yield return text[start..at];
                if (!blank)
                    yield return text[at..(at + length)];
                start = at + length;
            }
            at += length;
        }
        if (start < text.Length)
            yield return text[start..];
    }

    private static bool IsControl(Rune rune) =>
        rune.Value is not ('\t' or '\n' or '\r')
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate;

    private static bool IsPunctuation(Rune rune) =>
        rune.IsAscii ? rune.Value is > 32 and < 127 && !Rune.IsLetterOrDigit(rune) : Rune.IsPunctuation(rune);

    private static bool IsChinese(int code) => code
        is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x2A6DF or >= 0x2A700 and <= 0x2B73F
        or >= 0x2B740 and <= 0x2B81F or >= 0x2B820 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF or >= 0x2F800 and <= 0x2FA1F;
}
