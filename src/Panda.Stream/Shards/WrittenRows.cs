using Panda.Stream.Captioning;

namespace Panda.Stream.Shards;

/// <summary>What a writer was given, counted: one side of the conservation check.</summary>
public sealed class WrittenRows
{
    private readonly SortedDictionary<string, int> _drops = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _filteredBy = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, TeacherCounts> _teachers = new(StringComparer.Ordinal);

    public int Clips { get; private set; }

    public int Filtered { get; private set; }

    /// <summary>Filtered clips by filter.</summary>
    public IReadOnlyDictionary<string, int> FilteredBy => _filteredBy;

    /// <summary>Names for which "person" stands in the captions of clips.</summary>
    public int NamesReplaced { get; private set; }

    public int FailedVideos { get; private set; }

    public int FailedClips { get; private set; }

    /// <summary>Clips that reached the teachers, whatever became of them.</summary>
    public int Captioned { get; private set; }

    public int SegmentsInClips { get; private set; }

    public int SegmentsDropped { get; private set; }

    /// <summary>Dropped segments by reason.</summary>
    public IReadOnlyDictionary<string, int> Drops => _drops;

    public IReadOnlyDictionary<string, TeacherCounts> Teachers => _teachers;

    internal void Count(ClipRow row)
    {
        Clips++;
        NamesReplaced += row.NamesReplaced;
        CountCandidates(row.Candidates, row.CaptionTeacher);
    }

    internal void Count(FilteredRow row)
    {
        Filtered++;
        _filteredBy[row.Filter] = _filteredBy.GetValueOrDefault(row.Filter) + 1;
        CountCandidates(row.Clip.Candidates, chosen: null);
    }

    internal void Count(FailedRow row)
    {
        if (row.Kind == FailedKind.Video)
            FailedVideos++;
        else
            FailedClips++;
        if (row.Candidates is { } candidates)
            CountCandidates(candidates, chosen: null);
    }

    internal void Count(SegmentRow row)
    {
        if (row.ClipId is not null)
        {
            SegmentsInClips++;
            return;
        }
        SegmentsDropped++;
        var reason = row.Reason ?? "";
        _drops[reason] = _drops.GetValueOrDefault(reason) + 1;
    }

    private void CountCandidates(IReadOnlyList<Candidate> candidates, string? chosen)
    {
        if (candidates.Count == 0)
            return; // a clip that no teacher was asked about
        Captioned++;
        foreach (var candidate in candidates)
        {
            var counts = _teachers.GetValueOrDefault(candidate.Teacher) ?? new(0, 0, 0);
            _teachers[candidate.Teacher] = new(
                counts.Candidates + 1,
                counts.Chosen + (candidate.Teacher == chosen ? 1 : 0),
                counts.Errors + (candidate.Error is null ? 0 : 1),
                counts.NotAsked + (candidate.Asked ? 0 : 1));
        }
    }
}
