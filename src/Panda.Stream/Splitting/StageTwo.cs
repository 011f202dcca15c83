namespace Panda.Stream.Splitting;

/// <summary>What stage 2 has become certain of: clips that stay, and what became of segments, both in order of time.</summary>
public sealed record StageTwoResult(IReadOnlyList<Clip> Clips, IReadOnlyList<SegmentOutcome> Outcomes);

/// <summary>Stage 2 over one video: embedded segments in, left to right; clips and the outcome of every segment out, as soon as they are certain.</summary>
public sealed class StageTwo
{
    private readonly Stitcher _stitcher;
    private readonly ClipFilter _filter;
    private readonly List<Clip> _clips = [];
    private readonly List<SegmentOutcome> _outcomes = [];

    /// <param name="settings">The rules.</param>
    /// <param name="embedder">The embedder's own thresholds, used where the settings name none.</param>
    /// <param name="fps">The container's average frame rate.</param>
    public StageTwo(SplitSettings settings, DistanceThresholds embedder, double fps)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var thresholds = settings.ThresholdsFor(embedder);
        _stitcher = new Stitcher(thresholds);
        _filter = new ClipFilter(settings, thresholds, fps);
    }

    /// <summary>All segments of a video at once.</summary>
    public static StageTwoResult Run(
        IEnumerable<EmbeddedSegment> segments, SplitSettings settings, DistanceThresholds embedder, double fps)
    {
        ArgumentNullException.ThrowIfNull(segments);
        var stage = new StageTwo(settings, embedder, fps);
        foreach (var segment in segments)
            stage.Add(segment);
        return stage.Finish();
    }

    /// <summary>Takes the next segment.</summary>
    public StageTwoResult Push(EmbeddedSegment segment)
    {
        Add(segment);
        return Take();
    }

    /// <summary>The video has ended: the rest.</summary>
    public StageTwoResult Finish()
    {
        Close(_stitcher.Finish());
        return Take();
    }

    private void Add(EmbeddedSegment segment)
    {
        var (closed, drop) = _stitcher.Push(segment);
        Close(closed);
        if (drop is not null)
            _outcomes.Add(new SegmentOutcome(segment, null, null, drop));
    }

    private void Close(StitchedClip? stitched)
    {
        if (stitched is null)
            return;
        var (clip, drop) = _filter.Push(stitched);
        if (clip is not null)
            _clips.Add(clip);
        foreach (var (segment, join) in stitched.Members)
            _outcomes.Add(new SegmentOutcome(segment, join, clip?.Index, drop));
    }

    private StageTwoResult Take()
    {
        var result = new StageTwoResult([.. _clips], [.. _outcomes]);
        _clips.Clear();
        _outcomes.Clear();
        return result;
    }
}
