using System.Globalization;
using System.Text;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>The kinds of characters that tokenizers tell apart, as Unicode defines them.</summary>
internal static class RuneKinds
{
    /// <summary>The <c>\w</c> of Unicode's regular expressions (technical standard 18): letters, marks, decimal digits, connectors, joiners.</summary>
    internal static bool IsWord(Rune rune) => Rune.GetUnicodeCategory(rune)
        is <= UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation
        || rune.Value is 0x200C or 0x200D or (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);

    internal static bool IsNumber(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    internal static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>Unicode's punctuation, and all of ASCII that is neither letter, digit, blank nor control.</summary>
    internal static bool IsPunctuation(Rune rune) =>
        rune.IsAscii ? rune.Value is > 32 and < 127 && !Rune.IsLetterOrDigit(rune) : Rune.IsPunctuation(rune);

    /// <summary>What BERT takes out of text.</summary>
    internal static bool IsControl(Rune rune) =>
        rune.Value is not ('\t' or '\n' or '\r')
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate;

    /// <summary>The ideographs that BERT makes words of their own.</summary>
    internal static bool IsIdeograph(Rune rune) => rune.Value
        is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B820 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
