using System.Text.RegularExpressions;

namespace Panda.Stream.Measures;

/// <summary>
/// A caption as the words that are counted: lower case, cut as the Penn Treebank does, punctuation left out. This is what the COCO
/// caption evaluation does with Stanford's PTBTokenizer, whose rules are followed for captions: clitics stand alone (do n't, dog 's),
/// hyphenated words, numbers and abbreviations stay whole, signs such as $ and % are words. It differs where that tool keeps a
/// bracket as "-lrb-" and in rare abbreviations.
/// </summary>
public static partial class CaptionTokens
{
    public static IReadOnlyList<string> Of(string caption)
    {
        ArgumentNullException.ThrowIfNull(caption);
        var text = caption.ToLowerInvariant().Replace('’', '\'').Replace('‘', '\'');
        return [.. Pieces().Matches(text).Select(piece => piece.Value).Where(piece => !IsPunctuation(piece)).SelectMany(Clitics)];
    }

    private static bool IsPunctuation(string piece) => piece.Length == 1 && ".,;:?!'\"`“”«»-–—…()[]{}".Contains(piece[0]);

    private static string[] Clitics(string word)
    {
        if (Joined().Match(word) is { Success: true } joined)
            return [joined.Groups[1].Value, joined.Groups[2].Value];
        return word switch
        {
            "cannot" => ["can", "not"],
            "gonna" => ["gon", "na"],
            "gotta" => ["got", "ta"],
            "wanna" => ["wan", "na"],
            _ => [word],
        };
    }

    // Numbers (1,000 3.5 10:30), abbreviations, words with inner hyphens and apostrophes, any other sign.
    [GeneratedRegex(@"\d+(?:[.,:/]\d+)+|(?:\p{L}\.){2,}|(?:mr|mrs|ms|dr|st|jr|sr|prof|vs|etc)\.|[\p{L}\p{M}\p{N}_]+(?:[-'/][\p{L}\p{M}\p{N}_]+)*|\S")]
    private static partial Regex Pieces();

    [GeneratedRegex(@"^(.+?)(n't|'(?:s|m|d|re|ve|ll))$")]
    private static partial Regex Joined();
}
