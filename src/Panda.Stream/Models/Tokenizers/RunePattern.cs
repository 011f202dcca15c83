using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>
/// A regular expression over characters. .NET's see UTF-16 units, and so no letters, digits or single signs beyond U+FFFF;
/// for them each such character is stood in for by a rare one of its category below U+FFFF.
/// </summary>
internal sealed class RunePattern
{
    private const char First = '\uD800', Last = '\uDFFF';

    // An expression can be written so that a match takes the square of a text's length, or more; sound ones take microseconds.
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(2);

    private readonly Regex _regex;

    internal RunePattern(Regex regex) => _regex = regex;

    /// <exception cref="ArgumentException">The expression is none, or says what .NET's would understand otherwise.</exception>
    internal RunePattern(string expression)
    {
        RefuseOtherDialect(expression);
        _regex = new Regex(expression, RegexOptions.CultureInvariant, LongestMatch);
    }

    internal IReadOnlyList<(int Start, int End)> Find(string text)
    {
        var found = new List<(int, int)>();
        if (!text.AsSpan().ContainsAnyInRange(First, Last))
        {
            foreach (var match in _regex.EnumerateMatches(text))
                if (match.Length > 0)
                    found.Add((match.Index, match.Index + match.Length));
            return found;
        }

        var standIns = new char[text.Length];
        var places = new int[text.Length + 1];
        var (count, at) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            places[count] = at;
            standIns[count++] = rune.IsBmp ? (char)rune.Value : StandIn(Rune.GetUnicodeCategory(rune));
            at += rune.Utf16SequenceLength;
        }
        places[count] = at;
        foreach (var match in _regex.EnumerateMatches(standIns.AsSpan(0, count)))
            if (match.Length > 0)
                found.Add((places[match.Index], places[match.Index + match.Length]));
        return found;
    }

    private static char StandIn(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => '\u2C00', // Glagolitic
        UnicodeCategory.LowercaseLetter => '\u2C30',
        UnicodeCategory.ModifierLetter => '\uA9CF', // Javanese
        UnicodeCategory.TitlecaseLetter or UnicodeCategory.OtherLetter => '\uA840', // Phags-pa
        UnicodeCategory.NonSpacingMark => '\uA926', // Kayah Li
        UnicodeCategory.SpacingCombiningMark => '\uA952', // Rejang
        UnicodeCategory.EnclosingMark => '\uA670',
        UnicodeCategory.DecimalDigitNumber => '\uA900',
        UnicodeCategory.LetterNumber => '\uA6E6', // Bamum
        UnicodeCategory.OtherNumber => '\uA830',
        UnicodeCategory.OtherPunctuation or UnicodeCategory.DashPunctuation => '\uA874',
        UnicodeCategory.MathSymbol => '\u2A00',
        UnicodeCategory.CurrencySymbol => '\uA838',
        UnicodeCategory.ModifierSymbol => '\uA700',
        UnicodeCategory.Format => '\u206A',
        UnicodeCategory.PrivateUse => '\uE000',
        UnicodeCategory.OtherNotAssigned => '\u2065',
        _ => '\uA828', // other symbols: Syloti Nagri
    };

    /// <summary>Files are written for Oniguruma; what .NET reads as something else must not pass in silence.</summary>
    private static void RefuseOtherDialect(string expression)
    {
        var inClass = false;
        for (var i = 0; i < expression.Length; i++)
        {
            var (c, next) = (expression[i], i + 1 < expression.Length ? expression[i + 1] : '\0');
            if (char.IsSurrogate(c))
                throw new ArgumentException("characters beyond U+FFFF are not");
            if (c == '\\' && next is 'h' or 'H' or 'R' or 'X' or 'K' or 'G')
                throw new ArgumentException($"\\{next} is not");
            if (inClass && (c == '[' || (c == '&' && next == '&')))
                throw new ArgumentException("classes inside classes are not");
            if (c == '\\')
                i++;
            else if (!inClass && c == '[')
                (inClass, i) = (true, next is '^' ? i + 1 : i);
            else if (c == ']')
                inClass = false;
        }
    }
}
