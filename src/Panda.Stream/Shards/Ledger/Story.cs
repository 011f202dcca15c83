using System.Globalization;

namespace Panda.Stream.Shards.Ledger;

/// <summary>What the ledger of a result can tell of one video or clip.</summary>
/// <param name="Standing">How it stands now, and where its rows lie.</param>
/// <param name="Steps">What happened, in the order in which it ended.</param>
/// <param name="Segments">Of a video the segments that were dropped, of a clip those that it is made of, in order.</param>
/// <param name="Damage">Shards that are lost, not as they were written or cannot be read, in words: what they hold of the story may be missing.</param>
public sealed record Story(string Standing, IReadOnlyList<RunEvent> Steps, IReadOnlyList<SegmentRow> Segments, IReadOnlyList<string> Damage)
{
    /// <param name="folder">The output folder of a run.</param>
    /// <param name="id">A video's id; or a clip's, the video's with a dash and the clip's number.</param>
    /// <exception cref="LedgerException">There is no ledger, or it knows no such video or clip.</exception>
    public static Story Of(string folder, string id)
    {
        folder = Path.GetFullPath(folder);
        using var ledger = RunLedger.OpenExisting(folder);
        var damage = new OrderedDictionary<string, string>(SealedShards.Damaged(folder, ledger).Select(shard => KeyValuePair.Create(shard.Path, shard.How)));
        void Note(ShardReadException unreadable) => damage.TryAdd(unreadable.Shard ?? unreadable.Message, unreadable.Message);
        var clip = Find(ledger, id) is null ? ClipOf(id) : null;
        var video = Find(ledger, clip?.Video ?? id)
            ?? throw new LedgerException($"{folder}: found no video or clip '{id}', expected one such as {string.Join(", ", ledger.Read("SELECT id FROM videos ORDER BY ordinal LIMIT 3", row => row.GetString(0)))}");
        var steps = ledger.Read("SELECT video, clip, stage, began, seconds, outcome FROM events WHERE video = $1 AND ($2 IS NULL OR clip IS NULL OR clip = $2)",
            row => new RunEvent(row.GetString(0), row.IsDBNull(1) ? null : row.GetInt32(1), row.GetString(2),
                DateTime.Parse(row.GetString(3), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind), row.GetDouble(4), row.GetString(5)), video.Id, clip?.Number);
        using var result = new RecordedResult(folder);
        IReadOnlyList<SegmentRow> segments = [];
        try
        {
            segments = [.. result.Segments(video.Id).Where(segment => segment.ClipId == (clip is { } number ? ClipRow.IdOf(video.Id, number.Number) : null))];
        }
        catch (ShardReadException unreadable)
        {
            Note(unreadable);
        }
        if (damage.Count == 0)
            foreach (var lost in ShardReader.Within(folder).Lost())
                Note(lost);
        var standing = Describe(video) + (clip is { } asked ? Describe(folder, ledger, video, asked.Number, Note) : "");
        return new(standing, [.. steps.OrderBy(step => step.Ended)], segments, [.. damage.Values]);
    }

    private static LedgerVideo? Find(LedgerFile ledger, string id) =>
        ledger.Read($"SELECT {RunLedger.VideoColumns} FROM videos WHERE id = $1", RunLedger.VideoOf, id).FirstOrDefault();

    private static (string Video, int Number)? ClipOf(string id) =>
        id.LastIndexOf('-') is > 0 and var dash && int.TryParse(id.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (id[..dash], number) : null;

    private static string Describe(LedgerVideo video) => $"{video.Id}: {video.State switch
    {
        VideoState.Waiting => "waits for the run to go on",
        _ when video.Account is { } account => $"{(video.State == VideoState.Done ? "done" : "failed")}, {Plural.Of(account.Segments, "segment")}, {Plural.Of(account.Clips, "clip")}: {Plural.Of(account.Rows, "row")}, {account.Filtered} filtered, {account.FailedClips} failed",
        _ => "",
    }} ({video.Path}, number {video.Ordinal} of the input, {video.Content})";

    private static string Describe(string folder, LedgerFile ledger, LedgerVideo video, int clip, Action<ShardReadException> unreadable)
    {
        var staged = ledger.Read("SELECT kind FROM rows WHERE video = $1 AND number = $2 AND kind <> 'segments'", row => row.GetString(0), video.Ordinal, clip).FirstOrDefault();
        if (staged is not null)
            return $"; clip {clip} is in {staged}/{(video.State == VideoState.Waiting ? " when its video is done" : ", in its last shard")}";
        var shards = ShardReader.Within(folder);
        return shards.PartOf(ClipRow.IdOf(video.Id, clip), unreadable) is { } part ? $"; clip {clip} is in {part}"
            : video.Account is { } account && clip < account.Clips ? $"; clip {clip} is in no shard that can be read"
            : $"; there is no clip {clip} of it";
    }
}
