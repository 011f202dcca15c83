namespace Panda.Stream.Shards.Ledger;

/// <summary>The results from which a run takes what has not changed: those in <c>.earlier</c>, newest first. Safe for use by several threads.</summary>
internal sealed class EarlierResults : IDisposable
{
    private readonly Lock _lock = new();
    private readonly RunLedger _current;
    private readonly string _folder;
    private readonly RunIdentity _now;
    private readonly List<RecordedResult> _results = [];
    private readonly List<string> _notes = [];

    internal EarlierResults(RunLedger current, OutputFolder folder, RunIdentity now)
    {
        (_current, _folder, _now) = (current, folder.Path, now);
        foreach (var path in EarlierFolder.All(folder.Path))
        {
            try
            {
                _results.Add(RecordedResult.Sound(path));
            }
            catch (LedgerException damaged)
            {
                _notes.Add($"{damaged.Message}; what {path} held is computed again");
            }
        }
    }

    /// <summary>What to tell the user of results that are of no use.</summary>
    internal IReadOnlyList<string> Notes => _notes;

    /// <summary>Whether a video's segments are recorded, so that it need not be split again.</summary>
    internal bool HasSegments(LedgerVideo video)
    {
        lock (_lock)
            return _results.Any(result => IsRecorded(result, video));
    }

    /// <summary>All that is known of a video; of one that this run had begun before it was killed, too.</summary>
    internal KnownVideo Find(LedgerVideo video)
    {
        lock (_lock)
        {
            var recorded = _results.Find(result => IsRecorded(result, video));
            var captioned = _results.Where(result => result.Identity.CaptionsAs(_now) && result.HasInFull(video)).ToList();
            return new(recorded?.Segments(video.Id), recorded?.Account(video.Id),
                [.. RecordedResult.Staged(_current.File, video.Ordinal), .. captioned.SelectMany(result => result.Clips(video.Id))]);
        }
    }

    /// <summary>Everything that was in them is in the run's own result now.</summary>
    internal void Delete()
    {
        lock (_lock)
        {
            Dispose();
            _results.Clear();
            EarlierFolder.Delete(_folder);
        }
    }

    public void Dispose() => _results.ForEach(result => result.Dispose());

    private bool IsRecorded(RecordedResult result, LedgerVideo video) => result.Identity.MeasuresAs(_now) && result.IsDone(video);
}
