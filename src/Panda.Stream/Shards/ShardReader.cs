using Panda.Stream.Models;
using Panda.Stream.Shards.Layout;

namespace Panda.Stream.Shards;

/// <summary>A result cannot be read; the message names the folder or the file.</summary>
public sealed class ShardReadException(string message, Exception? reason = null) : IOException(message, reason)
{
    /// <summary>The shard; null where it is the folder.</summary>
    public string? Shard { get; init; }
}

/// <summary>Which clips are wanted; null asks for all.</summary>
public sealed record ClipQuery(string? VideoId = null, double? MinScore = null, int? Limit = null);

/// <summary>Reads a run's rows back, shard by shard in order; of one of them at a time, a row group is held.</summary>
public sealed class ShardReader
{
    private readonly string _folder;
    private readonly Action<ShardReadException>? _lost;

    private ShardReader(string folder, Action<ShardReadException>? lost) => (_folder, _lost) = (folder, lost);

    /// <param name="folder">The output folder of a run.</param>
    /// <param name="lost">Told that a table which is read lacks a shard, the rest of which is then read; null: that is an error.</param>
    /// <exception cref="ShardReadException">There is no result in the folder.</exception>
    public static ShardReader Open(string folder, Action<ShardReadException>? lost = null)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (!Directory.Exists(full))
            throw new ShardReadException($"{full}: found {(File.Exists(full) ? "a file" : "nothing")}, expected the output folder of a run");
        if (!ExistingResult.In(full).Any)
            throw new ShardReadException($"{full}: found no result of a run in it, expected {RunReport.FileName} or clips/part-00000.parquet");
        return new(full, lost ?? (lacking => throw lacking));
    }

    /// <summary>Reads the shards of a folder that may hold none, without a look at whether any is lost.</summary>
    internal static ShardReader Within(string folder) => new(folder, null);

    /// <summary>What each table lacks: a shard before its last one, or of the rows that run.json counts; where that is not there, the result is still being written.</summary>
    internal IEnumerable<ShardReadException> Lost() => ShardTables.Folders.Select(Lost).OfType<ShardReadException>();

    /// <summary>One video's rows in one shard of a table that has a column video_id.</summary>
    internal IEnumerable<TRow> Of<TRow>(ShardTable<TRow> table, int part, string videoId) =>
        Rows(table, ShardFile.PathOf(_folder, table.Folder, part), videoId);

    /// <summary>The shard that holds a clip, whatever became of it: its path below the folder; null where none does.</summary>
    /// <param name="unreadable">Told of shards that cannot be read and are passed over.</param>
    internal string? PartOf(string clipId, Action<ShardReadException> unreadable)
    {
        foreach (var (table, column) in new[] { (ShardTables.Clips.Folder, "clip_id"), (ShardTables.Filtered.Folder, "clip_id"), (ShardTables.Failed.Folder, "id") })
            foreach (var shard in ExistingResult.ShardsOf(_folder, table))
            {
                try
                {
                    if (Texts(table, shard, column).Contains(clipId))
                        return Path.GetRelativePath(_folder, shard);
                }
                catch (ShardReadException damaged)
                {
                    unreadable(damaged);
                }
            }
        return null;
    }

    /// <summary>How many rows each identity has in a table, as its shards have it.</summary>
    /// <param name="table">The table's folder.</param>
    /// <param name="column">The column that holds the identity.</param>
    internal Dictionary<string, long> Count(string table, string column)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var shard in ExistingResult.ShardsOf(_folder, table))
            foreach (var id in Texts(table, shard, column))
                counts[id] = counts.GetValueOrDefault(id) + 1;
        return counts;
    }

    /// <summary>The clips in order of shard and row.</summary>
    /// <exception cref="ShardReadException">A shard is lost, truncated, damaged, not one of ours, or holds what cannot be; names the file.</exception>
    public IEnumerable<ClipRow> Clips(ClipQuery? query = null)
    {
        query ??= new();
        return Shards(ShardTables.Clips.Folder)
            .SelectMany(shard => Rows(ShardTables.Clips, shard, query.VideoId))
            .Where(row => query.MinScore is not { } least || row.MatchingScore >= least)
            .Take(query.Limit ?? int.MaxValue);
    }

    /// <summary>The clips video by video, each video's in order of time. Of the rows, those are held whose video goes on in a later shard.</summary>
    /// <exception cref="ShardReadException">As <see cref="Clips"/>.</exception>
    public IEnumerable<IReadOnlyList<ClipRow>> ClipsByVideo()
    {
        var shards = Shards(ShardTables.Clips.Folder).ToList();
        // By hashes of the ids, for millions of videos: where two fall together, one is held longer than it need be.
        var last = new Dictionary<double, int>();
        for (var shard = 0; shard < shards.Count; shard++)
            foreach (var video in Texts(ShardTables.Clips.Folder, shards[shard], "video_id"))
                last[StableHash.Unit(video)] = shard;

        var open = new OrderedDictionary<string, List<ClipRow>>(StringComparer.Ordinal);
        for (var shard = 0; shard < shards.Count; shard++)
        {
            foreach (var row in Rows(ShardTables.Clips, shards[shard]))
            {
                if (!open.TryGetValue(row.VideoId, out var clips))
                    open.Add(row.VideoId, clips = []);
                clips.Add(row);
            }
            foreach (var video in open.Keys.Where(video => last[StableHash.Unit(video)] == shard).ToList())
            {
                yield return [.. open[video].OrderBy(clip => clip.StartFrame)];
                open.Remove(video);
            }
        }
    }

    /// <inheritdoc cref="Clips"/>
    public IEnumerable<FilteredRow> Filtered() => All(ShardTables.Filtered);

    /// <inheritdoc cref="Clips"/>
    public IEnumerable<SegmentRow> Segments() => All(ShardTables.Segments);

    /// <inheritdoc cref="Clips"/>
    public IEnumerable<FailedRow> Failed() => All(ShardTables.Failed);

    private IEnumerable<TRow> All<TRow>(ShardTable<TRow> table) =>
        Shards(table.Folder).SelectMany(shard => Rows(table, shard));

    private IEnumerable<string> Shards(string table)
    {
        if (_lost is not null && Lost(table) is { } lacking)
            _lost(lacking);
        return ExistingResult.ShardsOf(_folder, table);
    }

    private ShardReadException? Lost(string table)
    {
        var report = ExistingResult.In(_folder).Report;
        var shards = ExistingResult.ShardsOf(_folder, table).ToList();
        if (Enumerable.Range(0, shards.Count).Select(part => ShardFile.PathOf(_folder, table, part)).Except(shards).FirstOrDefault() is { } gap)
            return new($"{gap}: found no such file, expected a shard, since there are later ones") { Shard = gap };
        try
        {
            return report is not null && shards.Sum(Count) is var found && found != report.RowsOf(table)
                ? new($"{Path.Combine(_folder, table)}: found {Plural.Of(found, "row")}, expected the {report.RowsOf(table)} of which {RunReport.FileName} tells; is a shard missing?")
                : null;
        }
        catch (ShardReadException)
        {
            // A damaged shard is named when it is read.
            return null;
        }

        long Count(string shard)
        {
            using var file = Readable(table, shard, () => new OpenShard(shard));
            return file.Count;
        }
    }

    private static IEnumerable<string> Texts(string table, string shard, string column) => Rows(ShardTables.Only(column, table), shard);

    private static IEnumerable<TRow> Rows<TRow>(ShardTable<TRow> table, string shard, string? videoId = null)
    {
        using var file = Readable(table.Folder, shard, () => new OpenShard(shard));
        for (var group = 0; group < file.Groups; group++)
            foreach (var row in Readable(table.Folder, shard, () => file.Rows(table, group, videoId)))
                yield return row;
    }

    private static T Readable<T>(string table, string shard, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception reason)
        {
            // A damaged file brings forth errors of every kind, of all parts that read it.
            throw new ShardReadException($"{shard}: not a readable shard of {table}: {reason.Message.ReplaceLineEndings(" ")}", reason) { Shard = shard };
        }
    }
}
