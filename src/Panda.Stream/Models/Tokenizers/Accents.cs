using System.Globalization;
using System.Text;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>Letters without their accents: canonical decomposition, marks dropped. The program runs without ICU, where string.Normalize does nothing.</summary>
internal static class Accents
{
    private static readonly Dictionary<Rune, string> BaseLetters = Load();

    internal static string Strip(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is >= 0xAC00 and < 0xD7A4)
                AppendHangul(result, rune.Value - 0xAC00);
            else if (BaseLetters.TryGetValue(rune, out var letters))
                result.Append(letters);
            else if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
                result.Append(rune);
        }
        return result.ToString();
    }

    /// <summary>A syllable is leading consonant, vowel and perhaps trailing consonant, by the arithmetic of the Unicode standard, 3.12.</summary>
    private static void AppendHangul(StringBuilder result, int syllable)
    {
        result.Append((char)(0x1100 + syllable / (21 * 28))).Append((char)(0x1161 + syllable / 28 % 21));
        if (syllable % 28 != 0)
            result.Append((char)(0x11A7 + syllable % 28));
    }

    private static Dictionary<Rune, string> Load()
    {
        using var stream = typeof(Accents).Assembly.GetManifestResourceStream("base_letters.txt")!;
        using var reader = new StreamReader(stream);
        var letters = new Dictionary<Rune, string>(4096);
        while (reader.ReadLine() is { } line)
        {
            var composed = Rune.GetRuneAt(line, 0);
            letters[composed] = line[composed.Utf16SequenceLength..];
        }
        return letters;
    }
}
