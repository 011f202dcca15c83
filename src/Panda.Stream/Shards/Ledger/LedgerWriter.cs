using System.Diagnostics;
using System.Globalization;

namespace Panda.Stream.Shards.Ledger;

/// <summary>
/// The sink of a run: takes rows of every kind from any thread, in any order, and keeps them in the ledger until their place in a
/// full shard is certain. A video counts only as a whole: when its last row is here, one transaction makes it done or failed.
/// </summary>
public sealed class LedgerWriter : IDisposable
{
    /// <summary>A kill costs at most this much of what the models have written.</summary>
    internal static readonly TimeSpan BetweenCommits = TimeSpan.FromMilliseconds(250);

    /// <summary>The number of a video's own row in <c>failed/</c>, before those of its clips.</summary>
    internal const int VideoItself = -1;

    internal const string InsertRow = "INSERT OR REPLACE INTO rows (kind, video, number, run, row) VALUES ($1, $2, $3, $4, $5)";

    private sealed class Arriving(string videoId)
    {
        public string VideoId => videoId;
        public WrittenRows Rows { get; } = new();
        public HashSet<int> Clips { get; } = [];
        public HashSet<int> Segments { get; } = [];
        public VideoEnd? End { get; set; }
        public DateTime Began { get; } = DateTime.UtcNow;
    }

    private readonly Lock _lock = new();
    private readonly RunLedger _ledger;
    private readonly LedgerFile _file;
    private readonly IShardSequence[] _sequences;
    private readonly Timer _timer;
    private readonly string _folder;
    private readonly string[] _teachers;
    private readonly bool[] _finished;
    private readonly Dictionary<int, Arriving> _arriving = [];
    private readonly List<string> _mismatches = [];
    private readonly List<RunEvent> _events = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private Exception? _failure;
    private int _prefix;

    /// <param name="ledger">The run's ledger; it stays the caller's.</param>
    /// <param name="folder">The claimed output folder; it stays the caller's.</param>
    /// <param name="metadata">Goes into every shard.</param>
    /// <param name="rowsPerShard">Rows of a full shard.</param>
    /// <param name="teachers">Names of the teachers that every captioned clip must have an answer of, in order.</param>
    public LedgerWriter(RunLedger ledger, OutputFolder folder, ShardMetadata metadata, int rowsPerShard, IReadOnlyList<string> teachers)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(folder);
        (_ledger, _file, _folder, _teachers) = (ledger, ledger.File, folder.Path, [.. teachers]);
        _sequences = [Sequence(ShardTables.Segments), Sequence(ShardTables.Filtered), Sequence(ShardTables.Failed), Sequence(ShardTables.Clips)];
        // Where nothing is to be done the last shards stay as they are.
        foreach (var sequence in ledger.Plan.IsComplete ? [] : _sequences)
            sequence.DropRest();
        _finished = [.. ledger.Videos.Select(video => video.State != VideoState.Waiting)];
        _timer = new Timer(_ => CommitInTime(), null, BetweenCommits, BetweenCommits);

        ShardSequence<TRow> Sequence<TRow>(ShardTable<TRow> table) => new(table, _file, folder.Path, metadata, rowsPerShard);
    }

    /// <summary>A captioned clip.</summary>
    /// <param name="video">The video's ordinal.</param>
    /// <param name="clip">The clip's number in it.</param>
    /// <param name="row">Its row.</param>
    /// <exception cref="IOException">The ledger or a shard cannot be written; every later call says so again.</exception>
    public void Add(int video, int clip, ClipRow row) => AddClip(ShardTables.Clips.Folder, video, clip, row, row.ClipId, row.Candidates, rows => rows.Count(row));

    /// <inheritdoc cref="Add(int, int, ClipRow)"/>
    public void Add(int video, int clip, FilteredRow row) =>
        AddClip(ShardTables.Filtered.Folder, video, clip, row, row.Clip.ClipId, row.Clip.Candidates, rows => rows.Count(row));

    /// <inheritdoc cref="Add(int, int, ClipRow)"/>
    public void Add(int video, int clip, FailedRow row) => AddClip(ShardTables.Failed.Folder, video, clip, row, row.Id, row.Candidates ?? [], rows => rows.Count(row));

    /// <summary>A segment with its outcome.</summary>
    public void Add(int video, SegmentRow row) => Locked(() =>
    {
        var (arriving, number) = (Of(video), row.Segment.Index);
        if (!arriving.Segments.Add(number))
            _mismatches.Add($"{arriving.VideoId}: segment {number} came out twice");
        if (row.ClipId is null == row.Reason is null)
            _mismatches.Add($"{arriving.VideoId}: segment {number} {(row.ClipId is null ? "is in no clip and was not dropped" : $"is in clip {row.ClipId} and was dropped")}");
        arriving.Rows.Count(row);
        Stage(ShardTables.Segments.Folder, video, number, row);
        FinishIfWhole(video, arriving);
    });

    /// <summary>Nothing more of a video goes in; what is still on the way may follow.</summary>
    public void End(VideoEnd end) => Locked(() =>
    {
        var arriving = Of(end.Ordinal);
        arriving.End = end;
        FinishIfWhole(end.Ordinal, arriving);
    });

    /// <summary>Tells a step of a story; kept with the next commit.</summary>
    public void Tell(RunEvent step)
    {
        lock (_lock)
            _events.Add(step);
    }

    /// <summary>Writes the rows of finished videos that fill no shard. What did not arrive whole is named in <see cref="Mismatches"/>, and its video waits.</summary>
    public void Complete() => Locked(() =>
    {
        foreach (var (_, video) in _arriving)
            if (video.End is { } end)
                _mismatches.AddRange(Missing(video, end));
        Commit();
        RunLedger.KeepRest(_file, [.. _sequences.SelectMany(sequence => sequence.WriteRest())]);
        var shards = ShardReader.Within(_folder);
        _mismatches.AddRange(ShardCheck.Compare(shards, _file.Read($"SELECT {RunLedger.VideoColumns} FROM videos ORDER BY ordinal", RunLedger.VideoOf)));
    });

    /// <summary>What went in and did not come out once, by name.</summary>
    public IReadOnlyList<string> Mismatches
    {
        get
        {
            lock (_lock)
                return [.. _mismatches];
        }
    }

    /// <summary>Every video as it stands now, and the sum of the clock over all starts.</summary>
    public (IReadOnlyList<LedgerVideo> Videos, DateTime Began, double Seconds) Accounts()
    {
        lock (_lock)
        {
            var runs = _file.Read("SELECT min(began), sum(seconds) FROM runs", row => (DateTime.Parse(row.GetString(0), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind), row.GetDouble(1)))[0];
            return (_file.Read($"SELECT {RunLedger.VideoColumns} FROM videos ORDER BY ordinal", RunLedger.VideoOf), runs.Item1, runs.Item2);
        }
    }

    /// <summary>What was not committed is done again by the next run.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_lock)
            _failure ??= new ObjectDisposedException(nameof(LedgerWriter));
    }

    private void AddClip<TRow>(string kind, int video, int clip, TRow row, string id, IReadOnlyList<Captioning.Candidate> candidates, Action<WrittenRows> count) => Locked(() =>
    {
        var arriving = Of(video);
        if (!arriving.Clips.Add(clip))
            _mismatches.Add($"clip {id} came out twice");
        if (candidates.Count > 0 && !candidates.Select(candidate => candidate.Teacher).SequenceEqual(_teachers))
            _mismatches.Add($"clip {id}: found candidates of {string.Join(", ", candidates.Select(candidate => candidate.Teacher))}, expected one each of {string.Join(", ", _teachers)}");
        count(arriving.Rows);
        Stage(kind, video, clip, row);
        FinishIfWhole(video, arriving);
    });

    private Arriving Of(int video)
    {
        if (!_arriving.TryGetValue(video, out var arriving))
            _arriving.Add(video, arriving = new(_ledger.Videos[video].Id));
        return arriving;
    }

    private void Stage<TRow>(string kind, int video, int number, TRow row)
    {
        _file.Write(InsertRow, kind, video, number, _ledger.Run, RowText.Of(row));
        if (_file.SinceCommit > BetweenCommits)
            Commit();
    }

    private void FinishIfWhole(int video, Arriving arriving)
    {
        if (arriving.End is not { } end || Missing(arriving, end).Any())
            return;
        if (end.Failure is { } failure)
            Stage(ShardTables.Failed.Folder, video, VideoItself, failure);
        // What an attempt that was killed had staged of this video and this one has not made again.
        _file.Write("DELETE FROM rows WHERE video = $1 AND run <> $2", video, _ledger.Run);
        _file.Write("UPDATE videos SET state = $2, account = $3 WHERE ordinal = $1", video, end.Failure is null ? "done" : "failed", RowText.Of(Account(arriving.Rows, end)));
        _events.Add(new(arriving.VideoId, null, "ledger", arriving.Began, (DateTime.UtcNow - arriving.Began).TotalSeconds,
            $"{(end.Failure is null ? "done" : "failed")}: {Plural.Of(end.Segments, "segment")}, {Plural.Of(end.Clips, "clip")}, {arriving.Rows.Clips} of them rows"));
        _arriving.Remove(video);
        _finished[video] = true;
        if (video != _prefix)
            return;
        while (_prefix < _finished.Length && _finished[_prefix])
            _prefix++;
        foreach (var sequence in _sequences)
            sequence.Seal(_prefix);
    }

    private static IEnumerable<string> Missing(Arriving video, VideoEnd end)
    {
        foreach (var clip in Enumerable.Range(0, end.Clips).Where(clip => !video.Clips.Contains(clip)))
            yield return $"clip {ClipRow.IdOf(video.VideoId, clip)} went in and did not come out";
        foreach (var segment in Enumerable.Range(0, end.Segments).Where(segment => !video.Segments.Contains(segment)))
            yield return $"{video.VideoId}: segment {segment} was cut and has no outcome";
    }

    private static VideoAccount Account(WrittenRows rows, VideoEnd end) => new()
    {
        Frames = end.Frames,
        Seconds = end.Seconds,
        IsSeekable = end.IsSeekable,
        IsThinned = end.IsThinned,
        Segments = end.Segments,
        SegmentsInClips = rows.SegmentsInClips,
        Drops = rows.Drops,
        Clips = end.Clips,
        Captioned = rows.Captioned,
        Rows = rows.Clips,
        Filtered = rows.Filtered,
        FailedClips = rows.FailedClips,
        FilteredBy = rows.FilteredBy,
        NamesReplaced = rows.NamesReplaced,
        Teachers = rows.Teachers,
        Warnings = end.Warnings,
        TextWarnings = end.TextWarnings,
    };

    private void CommitInTime()
    {
        try
        {
            Locked(() =>
            {
                if (_file.HasUncommitted || _events.Count > 0)
                    Commit();
            });
        }
        catch (Exception reason) when (reason is IOException or ObjectDisposedException)
        {
            // Kept for whoever adds the next row.
        }
    }

    private void Commit()
    {
        foreach (var step in _events)
            _file.Write("INSERT INTO events (video, clip, stage, began, seconds, outcome) VALUES ($1, $2, $3, $4, $5, $6)",
                step.Video, step.Clip, step.Stage, step.Began.ToString("O", CultureInfo.InvariantCulture), step.Seconds, step.Outcome);
        _events.Clear();
        _file.Write("UPDATE runs SET seconds = $2 WHERE run = $1", _ledger.Run, _clock.Elapsed.TotalSeconds);
        _file.Commit();
    }

    private void Locked(Action work)
    {
        lock (_lock)
        {
            if (_failure is { } before)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(before);
            try
            {
                work();
            }
            catch (IOException reason)
            {
                _failure = reason;
                throw;
            }
        }
    }
}
