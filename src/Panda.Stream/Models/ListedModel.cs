using Panda.Stream.Config;
using Panda.Stream.Config.Binding;

namespace Panda.Stream.Models;

/// <summary>A model of a folder as its card describes it, whether or not its files are there.</summary>
/// <param name="Name">Of its folder.</param>
/// <param name="Card">Null when it cannot be read.</param>
/// <param name="Files">Every file that it names.</param>
/// <param name="SharedWith">Session ids that other cards of the folder name too, with their names.</param>
/// <param name="Mistakes">What is wrong with the card, with its files, and with both beside the other cards of the folder; files that are not there are no mistake.</param>
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
                    : rule.Rule == FrameRule.Fps ? FormattableString.Invariant($"{rule.PerSecond} {(rule.PerSecond == 1 ? "frame" : "frames")} a second, at least {rule.Count}") : Plural.Of(rule.Count, "frame");
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

    /// <summary>Every model below a folder, by name. All is looked for that can be seen without opening a session; of files only those that are there and not too large.</summary>
    public static IReadOnlyList<ListedModel> Of(string folder)
    {
        var cards = Directory.EnumerateDirectories(folder).Where(model => File.Exists(Path.Combine(model, "card.yaml"))).Order(StringComparer.Ordinal).Select(ExaminedCard.Of).ToList();
        var shared = cards.SelectMany(card => card.Shared).ToLookup(session => session.Id);
        return [.. cards.Select(card => card.Model with
        {
            SharedWith = [.. card.Shared.Select(own => own.Id).Distinct().Select(id => (id, (IReadOnlyList<string>)[.. shared[id].Select(other => other.Model).Where(other => other != card.Model.Name).Distinct()]))],
            Mistakes = [.. card.Model.Mistakes.Concat(card.Shared.SelectMany(own => shared[own.Id].Where(own.Differs).Take(1).Select(own.Clash))).OrderBy(mistake => mistake.At.Line).ThenBy(mistake => mistake.At.Column)],
        })];
    }
}

/// <summary>A file that a card names.</summary>
/// <param name="File">As the card names it.</param>
/// <param name="Bytes">Its size; null when it is not there.</param>
public sealed record ListedFile(string File, long? Bytes)
{
    // A second's work or less; the weights of large models are read when they are opened.
    private const long MostBytesRead = 256 << 20;

    /// <summary>There, but too large to be held against its SHA-256 in a listing.</summary>
    public bool IsTooLarge => Bytes > MostBytesRead;

    internal static ListedFile Of(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        return new(file, System.IO.File.Exists(path) ? new FileInfo(path).Length : null);
    }
}

/// <summary>A card with what was found in it and in its files, before it is held against the other cards of its folder.</summary>
internal sealed record ExaminedCard(ListedModel Model, IReadOnlyList<SharedSession> Shared)
{
    internal static ExaminedCard Of(string folder)
    {
        var name = Path.GetFileName(folder);
        var bound = YamlBinder.Load<ModelCard>(Path.Combine(folder, "card.yaml"));
        if (bound.Value is not { } card)
            return new(new(name, null, [], [], bound.Diagnostics), []);
        List<Diagnostic> found = [];
        if (card.Name != name)
            found.Add(new(bound.Locations["name"], DiagnosticCode.UnfitModel, $"name: found {ScalarNode.Quote(card.Name)}, expected {ScalarNode.Quote(name)}, the name of its folder"));
        var files = CardFiles.Of(card).ToList();
        var named = files.Select(file => file.File).ToHashSet();
        // Those that the card names are to be supplied yet, if they are not there; others are missed.
        var (hashes, _) = LoadedCard.Examine(card, Path.GetFullPath(folder), bound.Locations, found, file => ListedFile.Of(folder, file) is { IsTooLarge: false } listed && (listed.Bytes is not null || !named.Contains(file)));
        var shared = card.Sessions.Where(session => session.Value.Id is not null).Select(session => new SharedSession(name, session.Key, session.Value.Id!, session.Value.File,
            [.. files.Where(file => file.Session == session.Key).Select(file => hashes.TryGetValue(file.File, out var hash) && hash.Length > 0 ? Convert.ToHexStringLower(hash) : file.Sha256?.ToLowerInvariant())],
            bound.Locations[$"sessions.{session.Key}.id"]));
        return new(new(name, card, [.. files.Select(file => ListedFile.Of(folder, file.File))], [], found), [.. shared]);
    }
}

/// <summary>A session that cards share under an id.</summary>
/// <param name="Model">The model that names it.</param>
/// <param name="Session">Its name there.</param>
/// <param name="Hashes">The SHA-256 of each of its files, as they are or else as the card says; null where neither is known.</param>
/// <param name="At">Where its id is written.</param>
internal sealed record SharedSession(string Model, string Session, string Id, string File, IReadOnlyList<string?> Hashes, Location At)
{
    /// <summary>Whether another of the same id is known to be of another file.</summary>
    internal bool Differs(SharedSession other) =>
        Hashes.Count != other.Hashes.Count || Hashes.Zip(other.Hashes).Any(pair => pair is { First: { } own, Second: { } its } && own != its);

    internal Diagnostic Clash(SharedSession other) => new(At, DiagnosticCode.Conflict,
        $"sessions.{Session}.id: found '{Id}' for {File}, which {other.Model} has given to another file, {other.File}; expected one file for one id");
}
