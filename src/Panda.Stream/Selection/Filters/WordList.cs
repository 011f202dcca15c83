using System.Text.RegularExpressions;

namespace Panda.Stream.Selection.Filters;

/// <summary>
/// Words and phrases, one a line, that mark a caption. They are found as whole words. <c>knife</c> is found in any case,
/// <c>Knife</c> only as it is written; <c>stab+</c> also with regular endings: stabs, stabbed, stabbing. Of a phrase the last word
/// takes the endings.
/// </summary>
public sealed partial class WordList
{
    // Of each phrase, as its words joined by blanks: the line of the list that it comes from.
    private readonly Dictionary<string, string> _anyCase = new(StringComparer.OrdinalIgnoreCase), _asWritten = new(StringComparer.Ordinal);
    private readonly int _longest;

    private WordList(IEnumerable<(string Phrase, string Entry)> phrases)
    {
        foreach (var (phrase, entry) in phrases)
        {
            (entry.Any(char.IsUpper) ? _asWritten : _anyCase).TryAdd(phrase, entry);
            _longest = Math.Max(_longest, phrase.Count(letter => letter == ' ') + 1);
        }
    }

    /// <summary>The lists of several files as one.</summary>
    /// <exception cref="ListFileException">A file cannot be read, or a line is no word or phrase.</exception>
    public static WordList Load(IEnumerable<string> files) => new(files.SelectMany(Phrases).ToList());

    /// <summary>The entry of the list that is first found in a text; null when none is.</summary>
    public string? Find(string text)
    {
        var words = CaptionWord.In(text);
        for (var start = 0; start < words.Length; start++)
        {
            for (var count = 1; count <= _longest && start + count <= words.Length; count++)
            {
                var phrase = string.Join(' ', words.Skip(start).Take(count).Select(word => word.Text));
                if (_asWritten.TryGetValue(phrase, out var entry) || _anyCase.TryGetValue(phrase, out entry))
                    return entry;
            }
        }
        return null;
    }

    private static IEnumerable<(string Phrase, string Entry)> Phrases(string path)
    {
        foreach (var (number, entry) in ListFile.Read(path))
        {
            if (!Entry().IsMatch(entry))
                throw ListFile.Unfit(path, number, entry, "a word or phrase of letters and digits, with a + at its end where regular endings count too");
            var phrase = string.Join(' ', CaptionWord.In(entry).Select(word => word.Text));
            yield return (phrase, entry);
            if (entry.EndsWith('+'))
                foreach (var inflected in Inflections(phrase))
                    yield return (inflected, entry);
        }
    }

    /// <summary>Regular plurals, third persons, pasts and -ing forms.</summary>
    private static IEnumerable<string> Inflections(string word)
    {
        if (word[^1] == 'y' && word.Length > 1 && !IsVowel(word[^2]))
            return [word[..^1] + "ies", word[..^1] + "ied", word + "ing"];
        if (word[^1] == 'e')
            return [word + "s", word + "d", word[..^1] + "ing"];
        // A short syllable doubles its last letter (stabbed), a longer word may or may not (murdered, kidnapped).
        var doubled = word.Length > 2 && !IsVowel(word[^1]) && word[^1] is not ('w' or 'x' or 'y') && IsVowel(word[^2]) && !IsVowel(word[^3]);
        var plural = Sibilant().IsMatch(word) ? "es" : "s";
        return [word + plural, word + "ed", word + "ing", .. doubled ? new[] { word + word[^1] + "ed", word + word[^1] + "ing" } : []];
    }

    private static bool IsVowel(char letter) => letter is 'a' or 'e' or 'i' or 'o' or 'u';

    [GeneratedRegex(@"^[\p{L}\p{M}\p{N}]+(?:[ '’-]+[\p{L}\p{M}\p{N}]+)*\+?$")]
    private static partial Regex Entry();

    [GeneratedRegex("(?:s|x|z|ch|sh)$")]
    private static partial Regex Sibilant();
}
