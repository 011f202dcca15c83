using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Models;
using Panda.Stream.Native.Files;

namespace Panda.Stream.Selection.Calibration;

/// <summary>Writes a matcher's threshold into its card; all else of the file, remarks included, stays as it is.</summary>
public static partial class CardThreshold
{
    private const string Key = "score.threshold", Expression = "score.expression";

    /// <param name="path">A card without mistakes; where it has no threshold yet, it gets one behind its expression.</param>
    /// <param name="threshold">Finite.</param>
    /// <exception cref="ModelCardException">It is no matcher's card, or one that is written in a way that cannot be changed alone.</exception>
    /// <exception cref="IOException">The file cannot be written; it is then as before.</exception>
    public static void Write(string path, double threshold)
    {
        var bytes = File.ReadAllBytes(path);
        var card = YamlBinder.Parse<ModelCard>(path, bytes);
        if (card.Value is not { Score: { } score } before)
            throw new ModelCardException([.. card.Diagnostics, new(card.Locations["score"], DiagnosticCode.MissingKey, "found no key 'score', expected the card of a matcher")]);

        var text = Encoding.UTF8.GetString(bytes);
        var number = threshold.ToString(CultureInfo.InvariantCulture);
        var written = Encoding.UTF8.GetBytes(score.Threshold is null
            ? Add(text, PlaceOf(text, card.Locations[Expression]), number)
            : Number().Replace(text, number, 1, PlaceOf(text, card.Locations[Key])));
        // Whatever else could stand there in YAML shows here.
        var after = YamlBinder.Parse<ModelCard>(path, written).Value;
        if (after is null || !Json(after).Equals(Json(before with { Score = score with { Threshold = threshold } }), StringComparison.Ordinal))
            throw new ModelCardException([score.Threshold is { } was
                ? new(card.Locations[Key], DiagnosticCode.UnfitModel, FormattableString.Invariant($"{Key}: found a value that cannot be changed alone, expected a plain number such as {was}"))
                : new(card.Locations[Expression], DiagnosticCode.UnfitModel, $"{Expression}: found a value behind which no threshold can be put, expected a plain word; or write threshold: {number} yourself")]);
        DurableFile.Write(RealPath.Of(path), temporary => File.WriteAllBytes(temporary, written));
    }

    private static int PlaceOf(string text, Location at)
    {
        var start = text.StartsWith('\uFEFF') ? 1 : 0;
        for (var line = 1; line < at.Line; line++)
            start = text.IndexOf('\n', start) + 1;
        return start + at.Column - 1;
    }

    /// <summary>The text with a key behind the one whose value begins at a place: on a line of its own where that has one, else behind a comma.</summary>
    private static string Add(string text, int place, string number)
    {
        var line = text.LastIndexOf('\n', place) + 1;
        if (KeyOfALine().Match(text[line..place]) is { Success: true } key)
        {
            var next = text.IndexOf('\n', place) is >= 0 and var end ? end + 1 : text.Length;
            var newLine = text[..next].EndsWith("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
            return text[..next] + (next == text.Length && text[^1] != '\n' ? newLine : "") + $"{key.Groups[1].Value}threshold: {number}{newLine}" + text[next..];
        }
        var behind = place + Word().Match(text, place).Length;
        return $"{text[..behind]}, threshold: {number}{text[behind..]}";
    }

    private static string Json(ModelCard card) => YamlBinder.ToJson(card).ToJsonString();

    [GeneratedRegex(@"\G[-+.\w]+")]
    private static partial Regex Number();

    [GeneratedRegex(@"^([ \t]*)\w+[ \t]*:[ \t]*$")]
    private static partial Regex KeyOfALine();

    [GeneratedRegex(@"\G(?:""\w*""|'\w*'|\w+)")]
    private static partial Regex Word();
}
