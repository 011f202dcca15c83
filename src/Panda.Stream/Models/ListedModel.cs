using Panda.Stream.Config;
using Panda.Stream.Config.Binding;

namespace Panda.Stream.Models;

/// <summary>A model of a folder as its card describes it, whether or not its files are there.</summary>
/// <param name="Name">Of its folder.</param>
/// <param name="Card">Null when it cannot be read.</param>
/// <param name="Files">Every file that it names.</param>
/// <param name="SharedWith">Session ids that other cards of the folder name too, with their names.</param>
/// <param name="Mistakes">What is wrong with the card itself; of its files nothing.</param>
public sealed record ListedModel(
    string Name, ModelCard? Card, IReadOnlyList<ListedFile> Files, IReadOnlyList<(string Id, IReadOnlyList<string> Others)> SharedWith, IReadOnlyList<Diagnostic> Mistakes)
{
    /// <summary>What goes in: frames, picture and text beside the video.</summary>
    public string Reads
    {
        get
        {
            if (Card is not { } card)
                return "";
            List<string> reads = [];
            if (card.Picture is not null)
            {
                var frames = card.Frames is not { } rule ? "frames"
                    : rule.Rule == FrameRule.Fps ? $"{rule.PerSecond} frames a second, at least {rule.Count}" : rule.Count == 1 ? "1 frame" : $"{rule.Count} frames";
                reads.Add($"{frames}{(card.Frames is { } named ? $" ({Names.Of(named.Rule.ToString())})" : "")}, {card.PictureSize.Width}x{card.PictureSize.Height}");
            }
            var texts = string.Concat(card.Prompt?.Segments.Select(segment => segment.Text + segment.When) ?? []) + card.Text?.Text;
            if (texts.Contains("title", StringComparison.Ordinal) || texts.Contains("description", StringComparison.Ordinal) || (texts.Contains("{instruction}", StringComparison.Ordinal) && card.Prompt!.Metadata))
                reads.Add("metadata");
            if (texts.Contains("subtitles", StringComparison.Ordinal) || (texts.Contains("{instruction}", StringComparison.Ordinal) && card.Prompt!.Subtitles))
                reads.Add("subtitles");
            if (card.Kind == ModelKind.Matcher)
                reads.Add("captions");
            reads.AddRange(card.AllStages.Where(stage => stage.Ask is not null).Select(stage => $"{stage.Into} from {stage.Ask}"));
            return string.Join(", ", reads);
        }
    }

    /// <summary>Every model below a folder, by name.</summary>
    public static IReadOnlyList<ListedModel> Of(string folder)
    {
        var cards = Directory.EnumerateDirectories(folder).Where(model => File.Exists(Path.Combine(model, "card.yaml"))).Order(StringComparer.Ordinal)
            .Select(model => (Folder: model, Bound: YamlBinder.Load<ModelCard>(Path.Combine(model, "card.yaml")))).ToList();
        return [.. cards.Select(card => Describe(card.Folder, card.Bound, [.. cards.Where(other => other != card && other.Bound.Value is not null).Select(other => (Path.GetFileName(other.Folder), other.Bound.Value!))]))];
    }

    private static ListedModel Describe(string folder, Bound<ModelCard> bound, IReadOnlyList<(string Name, ModelCard Card)> others)
    {
        if (bound.Value is not { } card)
            return new(Path.GetFileName(folder), null, [], [], bound.Diagnostics);
        var shared = card.Sessions.Values.Select(session => session.Id).OfType<string>().Distinct().Select(id =>
            (id, (IReadOnlyList<string>)[.. others.Where(other => other.Card.Sessions.Values.Any(session => session.Id == id)).Select(other => other.Name)]));
        return new(Path.GetFileName(folder), card, [.. CardFiles.Of(card).Select(file => ListedFile.Of(folder, file))], [.. shared], [.. CardChecks.Check(card, bound.Locations)]);
    }
}

/// <summary>A file that a card names.</summary>
/// <param name="File">As the card names it.</param>
/// <param name="Bytes">Its size; null when it is not there.</param>
public sealed record ListedFile(string File, long? Bytes)
{
    internal static ListedFile Of(string folder, CardFile file)
    {
        var info = new FileInfo(Path.Combine(folder, file.File));
        return new(file.File, info.Exists ? info.Length : null);
    }
}
