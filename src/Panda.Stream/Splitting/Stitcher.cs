namespace Panda.Stream.Splitting;

/// <summary>Segments that belong together, before any filter.</summary>
public sealed class StitchedClip
{
    private readonly List<(EmbeddedSegment Segment, double? Join)> _members = [];

    /// <summary>The segments, each with its distance from the one before in the video where they touch.</summary>
    public IReadOnlyList<(EmbeddedSegment Segment, double? Join)> Members => _members;

    public int Start => _members[0].Segment.Segment.Start;
    public int End => _members[^1].Segment.Segment.End;
    public int Length => End - Start;

    /// <summary>Both features of every segment, in order of time.</summary>
    public IEnumerable<float[]> Features => _members.SelectMany(member => new[] { member.Segment.First!, member.Segment.Last! });

    internal void Add(EmbeddedSegment segment, double? join) => _members.Add((segment, join));
}

/// <summary>Joins neighbouring segments of one video that look alike where they meet, left to right; drops those that cannot be judged or hold a transition.</summary>
public sealed class Stitcher(DistanceThresholds thresholds)
{
    private StitchedClip? _open;

    /// <summary>Takes the next segment of the video.</summary>
    /// <returns>A clip that nothing can be added to any more, if this segment closed one; and why the segment itself was dropped, if it was.</returns>
    public (StitchedClip? Closed, Drop? Drop) Push(EmbeddedSegment segment)
    {
        ArgumentNullException.ThrowIfNull(segment);
        if (WhyDropped(segment) is { } drop)
            return (Finish(), drop);    // what comes next no longer touches the open clip

        double? join = _open is { } open && open.End == segment.Segment.Start
            ? Distance.Between(open.Members[^1].Segment.Last, segment.First)
            : null;
        var closed = join <= thresholds.Stitch ? null : Finish();
        _open ??= new StitchedClip();
        _open.Add(segment, join);
        return (closed, null);
    }

    /// <summary>Closes the open clip, if there is one.</summary>
    public StitchedClip? Finish()
    {
        var closed = _open;
        _open = null;
        return closed;
    }

    private Drop? WhyDropped(EmbeddedSegment segment)
    {
        if (segment.Failure is { } failure)
            return new(DropReason.ProbeFailed, null, failure);
        if (segment.Inside is not { } inside)
            return new(DropReason.ProbeFailed, null, "found no features, expected those of both probe frames");
        return inside > thresholds.Transition
            ? new(DropReason.Transition, inside, $"probe distance {inside:0.000} is above {thresholds.Transition}")
            : null;
    }
}
