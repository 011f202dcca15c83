using System.Globalization;

namespace Panda.Stream.Shards.Ledger;

/// <summary>A result, read video by video: what is sealed from its shards, the rest from its ledger. For one thread at a time.</summary>
internal sealed class RecordedResult : IDisposable
{
    /// <summary>A video, and where its rows begin in the sequences of the three tables that are read.</summary>
    private sealed record Place(LedgerVideo Video, int Segments, int Clips, int Filtered);

    private readonly LedgerFile _ledger;
    private readonly ShardReader _shards;
    private readonly int _rowsPerShard;
    private readonly Dictionary<string, int> _sealed;
    private readonly Dictionary<string, Place> _videos = new(StringComparer.Ordinal);

    /// <exception cref="LedgerException">Its ledger cannot be read.</exception>
    internal RecordedResult(string folder)
    {
        _ledger = RunLedger.OpenExisting(folder);
        Identity = RunLedger.IdentityOf(_ledger) ?? new([]);
        _rowsPerShard = int.Parse(Identity.Values.GetValueOrDefault("shards.rows", "1"), CultureInfo.InvariantCulture);
        _sealed = _ledger.Read("SELECT kind, count(*) FROM shards GROUP BY kind", row => KeyValuePair.Create(row.GetString(0), row.GetInt32(1))).ToDictionary();
        int segments = 0, clips = 0, filtered = 0;
        foreach (var video in _ledger.Read($"SELECT {RunLedger.VideoColumns} FROM videos ORDER BY ordinal", RunLedger.VideoOf))
        {
            _videos.TryAdd(video.Id, new(video, segments, clips, filtered));
            segments += video.Account?.Segments ?? 0;
            clips += video.Account?.Rows ?? 0;
            filtered += video.Account?.Filtered ?? 0;
        }
        _shards = ShardReader.Within(folder);
    }

    /// <exception cref="LedgerException">Its ledger cannot be read, or a shard is not as it was written.</exception>
    internal static RecordedResult Sound(string folder)
    {
        var result = new RecordedResult(folder);
        try
        {
            SealedShards.Check(folder, result._ledger);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    internal RunIdentity Identity { get; }

    /// <summary>Whether it knows the video with the same content.</summary>
    private bool Has(LedgerVideo video) => _videos.TryGetValue(video.Id, out var place) && place.Video.Content == video.Content;

    /// <summary>Whether it knows it, and saw as many frames of it as the configuration says.</summary>
    internal bool HasInFull(LedgerVideo video) => Has(video) && _videos[video.Id].Video.Account is not { IsThinned: true };

    internal bool IsDone(LedgerVideo video) => HasInFull(video) && _videos[video.Id].Video.State == VideoState.Done;

    internal VideoAccount? Account(string video) => _videos[video].Video.Account;

    internal IReadOnlyList<SegmentRow> Segments(string video) =>
        [.. Rows(ShardTables.Segments, video, place => place.Segments, account => account.Segments).OrderBy(row => row.Segment.Index)];

    /// <summary>Its captioned clips, those that a filter left out among them.</summary>
    internal IEnumerable<ClipRow> Clips(string video) =>
        Rows(ShardTables.Clips, video, place => place.Clips, account => account.Rows)
            .Concat(Rows(ShardTables.Filtered, video, place => place.Filtered, account => account.Filtered).Select(row => row.Clip));

    /// <summary>Captioned clips of a video that a ledger holds and no sealed shard.</summary>
    internal static IEnumerable<ClipRow> Staged(LedgerFile ledger, int ordinal) =>
        Staged<ClipRow>(ledger, ShardTables.Clips.Folder, ordinal).Concat(Staged<FilteredRow>(ledger, ShardTables.Filtered.Folder, ordinal).Select(row => row.Clip));

    public void Dispose() => _ledger.Dispose();

    private IEnumerable<TRow> Rows<TRow>(ShardTable<TRow> table, string video, Func<Place, int> from, Func<VideoAccount, int> count)
    {
        var place = _videos[video];
        var staged = Staged<TRow>(_ledger, table.Folder, place.Video.Ordinal);
        if (place.Video.Account is not { } account || count(account) == 0)
            return staged; // while it waits, none of its rows is sealed
        var parts = _sealed.GetValueOrDefault(table.Folder);
        var (first, last) = (from(place) / _rowsPerShard, (from(place) + count(account) - 1) / _rowsPerShard);
        return Enumerable.Range(first, last - first + 1).Where(part => part < parts).SelectMany(part => _shards.Of(table, part, video)).Concat(staged);
    }

    private static List<TRow> Staged<TRow>(LedgerFile ledger, string kind, int ordinal) =>
        ledger.Read("SELECT row FROM rows WHERE kind = $1 AND video = $2 ORDER BY number", row => RowText.To<TRow>(row.GetString(0)), kind, ordinal);
}
