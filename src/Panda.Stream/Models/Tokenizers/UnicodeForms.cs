using System.Globalization;
using System.Text;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>
/// Unicode's normal forms (annex 15). The program runs without ICU, where string.Normalize does nothing, so the tables come along:
/// <c>make_unicode_forms.py</c> writes them.
/// </summary>
internal static class UnicodeForms
{
    // Hangul syllables are leading consonant, vowel and perhaps trailing consonant, by the arithmetic of the standard, 3.12.
    private const int Syllables = 0xAC00, Leading = 0x1100, Vowels = 0x1161, Trailing = 0x11A7, VowelCount = 21, TrailingCount = 28, SyllableCount = 11172;

    private static readonly Tables Unicode = Tables.Load();

    internal static string Normalise(string text, NormalizationForm form)
    {
        if (Ascii.IsValid(text))
            return text;
        var compatible = form is NormalizationForm.FormKC or NormalizationForm.FormKD;
        var runes = new List<Sign>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, compatible, runes);
        Order(runes);
        if (form is NormalizationForm.FormC or NormalizationForm.FormKC)
            runes = Compose(runes);
        var result = new StringBuilder(text.Length);
        foreach (var (code, _) in runes)
            result.Append(new Rune(code));
        return result.ToString();
    }

    /// <summary>Letters without their accents: canonical decomposition, marks dropped.</summary>
    internal static string WithoutAccents(string text) =>
        WithoutRunes(Normalise(text, NormalizationForm.FormD), rune => Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark);

    internal static string WithoutRunes(string text, Func<Rune, bool> dropped)
    {
        if (!text.EnumerateRunes().Any(dropped))
            return text;
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            if (!dropped(rune))
                result.Append(rune);
        return result.ToString();
    }

    private static void Decompose(int code, bool compatible, List<Sign> result)
    {
        if (code - Syllables is >= 0 and < SyllableCount and var syllable)
        {
            result.Add(new(Leading + syllable / (VowelCount * TrailingCount), 0));
            result.Add(new(Vowels + syllable / TrailingCount % VowelCount, 0));
            if (syllable % TrailingCount is > 0 and var trailing)
                result.Add(new(Trailing + trailing, 0));
        }
        else if (Unicode.Canonical.TryGetValue(code, out var parts) || (compatible && Unicode.Compatible.TryGetValue(code, out parts)))
        {
            foreach (var part in parts)
                Decompose(part, compatible, result);
        }
        else
        {
            result.Add(new(code, Unicode.Classes.GetValueOrDefault(code)));
        }
    }

    /// <summary>Sorts each run of marks by class; marks of one class keep their order.</summary>
    private static void Order(List<Sign> signs)
    {
        for (var start = 0; start < signs.Count; start++)
        {
            var end = start;
            var sorted = true;
            for (; end < signs.Count && signs[end].Class > 0; end++)
                sorted &= end == start || signs[end - 1].Class <= signs[end].Class;
            if (!sorted)
            {
                var run = signs.GetRange(start, end - start).OrderBy(sign => sign.Class).ToArray();
                for (var i = 0; i < run.Length; i++)
                    signs[start + i] = run[i];
            }
            start = end;
        }
    }

    /// <summary>Joins each sign to the last starter before it, unless one of the same or a higher class, or a starter, stands between.</summary>
    private static List<Sign> Compose(List<Sign> signs)
    {
        var result = new List<Sign>(signs.Count);
        var starter = -1;
        foreach (var sign in signs)
        {
            var blocked = starter < 0 || (result.Count - 1 > starter && result[^1].Class >= sign.Class);
            if (!blocked && Composite(result[starter].Code, sign.Code) is { } composite)
            {
                result[starter] = new(composite, 0);
                continue;
            }
            if (sign.Class == 0)
                starter = result.Count;
            result.Add(sign);
        }
        return result;
    }

    private static int? Composite(int first, int second)
    {
        if (first - Leading is >= 0 and < 19 and var leading && second - Vowels is >= 0 and < VowelCount and var vowel)
            return Syllables + (leading * VowelCount + vowel) * TrailingCount;
        if (first - Syllables is >= 0 and < SyllableCount and var syllable && syllable % TrailingCount == 0 && second - Trailing is > 0 and < TrailingCount and var trailing)
            return first + trailing;
        return Unicode.Composites.TryGetValue((first, second), out var composite) ? composite : null;
    }

    private readonly record struct Sign(int Code, int Class);

    private sealed class Tables
    {
        internal Dictionary<int, int> Classes { get; } = [];

        internal Dictionary<int, int[]> Canonical { get; } = [];

        internal Dictionary<int, int[]> Compatible { get; } = [];

        internal Dictionary<(int, int), int> Composites { get; } = [];

        internal static Tables Load()
        {
            var tables = new Tables();
            using var stream = typeof(UnicodeForms).Assembly.GetManifestResourceStream("unicode_forms.txt")!;
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is { } line)
                tables.Add(line.Split(' '));
            return tables;
        }

        private void Add(string[] words)
        {
            if (words.Length == 2)
            {
                var range = words[0].Split('-');
                for (var marked = Code(range[0]); marked <= Code(range[1]); marked++)
                    Classes[marked] = int.Parse(words[1], CultureInfo.InvariantCulture);
                return;
            }
            var code = Code(words[0]);
            var parts = words[2..].Select(Code).ToArray();
            (words[1] == "~" ? Compatible : Canonical)[code] = parts;
            if (words[1] == "=")
                Composites[(parts[0], parts[1])] = code;
        }

        private static int Code(string hex) => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
