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
    private const string Key = "score.threshold";

    /// <param name="path">A card without mistakes.</param>
    /// <param name="threshold">Finite.</param>
    /// <exception cref="ModelCardException">There is no such key, or it is written in a way that cannot be changed alone.</exception>
    /// <exception cref="IOException">The file cannot be written; it is then as before.</exception>
    public static void Write(string path, double threshold)
    {
        var bytes = File.ReadAllBytes(path);
        var card = YamlBinder.Parse<ModelCard>(path, bytes);
        if (card.Value is not { Score: { } score } before || !card.Locations.Paths.Contains(Key))
            throw new ModelCardException([.. card.Diagnostics, new(card.Locations["score"], DiagnosticCode.MissingKey, $"found no {Key}, expected the card of a matcher")]);

        var text = Encoding.UTF8.GetString(bytes);
        var at = card.Locations[Key];
        var start = text.StartsWith('\uFEFF') ? 1 : 0;
        for (var line = 1; line < at.Line; line++)
            start = text.IndexOf('\n', start) + 1;
        var written = Encoding.UTF8.GetBytes(Number().Replace(text, threshold.ToString(CultureInfo.InvariantCulture), 1, start + at.Column - 1));
        // Whatever else could stand there in YAML shows here.
        var after = YamlBinder.Parse<ModelCard>(path, written).Value;
        if (after is null || !Json(after).Equals(Json(before with { Score = score with { Threshold = threshold } }), StringComparison.Ordinal))
            throw new ModelCardException([new(at, DiagnosticCode.UnfitModel, $"{Key}: found a value that cannot be changed alone, expected a plain number such as {score.Threshold.ToString(CultureInfo.InvariantCulture)}")]);
        DurableFile.Write(RealPath.Of(path), temporary => File.WriteAllBytes(temporary, written));
    }

    private static string Json(ModelCard card) => YamlBinder.ToJson(card).ToJsonString();

    [GeneratedRegex(@"\G[-+.\w]+")]
    private static partial Regex Number();
}
