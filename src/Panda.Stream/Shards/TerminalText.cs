using System.Globalization;
using System.Text;

namespace Panda.Stream.Shards;

/// <summary>Strangers' text made fit for a terminal: harmless, measured in cells, wrapped.</summary>
public static class TerminalText
{
    private const int ZeroWidthNonJoiner = 0x200C, ZeroWidthJoiner = 0x200D;

    /// <summary>Without anything that steers a terminal: line ends and tabs become blanks, escapes show as their pictures (␛), the rest as U+FFFD.</summary>
    public static string Harmless(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var shown = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            shown.Append(Harmless(rune));
        return shown.ToString();
    }

    /// <summary>The same of a text of several lines, whose ends stay.</summary>
    public static string HarmlessLines(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Contains('\n') ? string.Join('\n', text.Split('\n').Select(Harmless)) : Harmless(text);
    }

    /// <summary>JSON that shows as harmless and still says the same: what <see cref="Harmless(string)"/> would replace is escaped.</summary>
    public static string HarmlessJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var shown = new StringBuilder(json.Length);
        Span<char> units = stackalloc char[2];
        foreach (var rune in json.EnumerateRunes())
        {
            if (Harmless(rune) == rune)
                shown.Append(rune);
            else
                foreach (var unit in units[..rune.EncodeToUtf16(units)])
                    shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
        }
        return shown.ToString();
    }

    private static Rune Harmless(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control when rune.Value is '\n' or '\r' or '\t' => new(' '),
        UnicodeCategory.Control when rune.Value < ' ' => new(0x2400 + rune.Value),
        UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => new(' '),
        UnicodeCategory.Format when rune.Value is ZeroWidthJoiner or ZeroWidthNonJoiner => rune,
        // The other format characters hide or reorder text: a title could read as what it is not.
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse => Rune.ReplacementChar,
        _ => rune,
    };

    /// <summary>How many cells of a terminal the text takes: two for East Asian letters and pictures, none for accents on their own.</summary>
    public static int Width(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
            width += Width(rune);
        return width;
    }

    private static int Width(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => 0,
        _ => rune.Value switch
        {
            >= 0x1100 and <= 0x115F or >= 0x2E80 and <= 0xA4CF and not 0x303F or >= 0xAC00 and <= 0xD7A3 or >= 0xF900 and <= 0xFAFF
                or >= 0xFE30 and <= 0xFE6F or >= 0xFF00 and <= 0xFF60 or >= 0xFFE0 and <= 0xFFE6 or >= 0x1F300 and <= 0x1F64F
                or >= 0x1F680 and <= 0x1F6FF or >= 0x1F900 and <= 0x1FAFF or >= 0x20000 and <= 0x3FFFD => 2,
            _ => 1,
        },
    };

    /// <summary>The text in lines of at most so many cells, broken at blanks where there are any.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        ArgumentNullException.ThrowIfNull(text);
        var line = new StringBuilder();
        var used = 0;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (used > 0 && used + 1 + Width(word) > width)
            {
                yield return line.ToString();
                line.Clear();
                used = 0;
            }
            if (used > 0)
            {
                line.Append(' ');
                used++;
            }
            foreach (var rune in word.EnumerateRunes())
            {
                if (used > 0 && used + Width(rune) > width)
                {
                    yield return line.ToString();
                    line.Clear();
                    used = 0;
                }
                line.Append(rune);
                used += Width(rune);
            }
        }
        if (line.Length > 0)
            yield return line.ToString();
    }
}
