namespace Panda.Stream.Splitting;

/// <summary>Why a segment, or the clip that it was stitched into, was left out.</summary>
public enum DropReason
{
    Transition,
    ProbeFailed,
    TooShort,
    Still,
    NearRepeat,
    Stopped,
}

/// <summary>A reason with what was measured: a distance, or seconds for <see cref="DropReason.TooShort"/>; none for <see cref="DropReason.ProbeFailed"/>.</summary>
public sealed record Drop(DropReason Reason, double? Value, string Text);

public static class DropReasons
{
    /// <summary>The reason as tables write it.</summary>
    public static string Name(this DropReason reason) => reason switch
    {
        DropReason.Transition => "transition",
        DropReason.ProbeFailed => "probe_failed",
        DropReason.TooShort => "too_short",
        DropReason.Still => "still",
        DropReason.NearRepeat => "near_repeat",
        DropReason.Stopped => "stopped",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "expected a reason of DropReason"),
    };
}

/// <summary>What became of one segment: it is in clip number <paramref name="Clip"/>, or was dropped.</summary>
/// <param name="Source">The segment with its features.</param>
/// <param name="Join">Distance from the last probe of the segment before, where that one lives and touches this one; null elsewhere.</param>
/// <param name="Clip">Number of the kept clip that holds it.</param>
/// <param name="Drop">Why it is in none.</param>
public sealed record SegmentOutcome(EmbeddedSegment Source, double? Join, int? Clip, Drop? Drop);

/// <summary>A clip that passed every rule of stage 2.</summary>
/// <param name="Index">0-based number among the kept clips of its video.</param>
/// <param name="Start">First frame, after trimming.</param>
/// <param name="End">Frame after the last one, after trimming.</param>
/// <param name="StitchedStart">First frame before it was shortened and trimmed.</param>
/// <param name="StitchedEnd">Frame after the last one, likewise.</param>
/// <param name="Segments">Its segments, in order.</param>
/// <param name="Feature">The mean of all its features, not renormalised.</param>
/// <param name="Motion">Distance between its first and its last probe.</param>
/// <param name="Nearest">Distance from the mean of the nearest clip kept before; null for the first.</param>
public sealed record Clip(
    int Index, int Start, int End, int StitchedStart, int StitchedEnd,
    IReadOnlyList<EmbeddedSegment> Segments, float[] Feature, double Motion, double? Nearest)
{
    /// <summary>The largest distance between the two probes of one of its segments.</summary>
    public double Inside { get; } = Segments.Max(segment => segment.Inside ?? 0);

    /// <summary>Largest perceptual distance between neighbouring grid frames in it: see <see cref="CoherenceSamples.Maximum"/>.</summary>
    public double? MaxRunningLpips => CoherenceSamples.Maximum(Segments.Select(segment => segment.Samples), Start, End);

    /// <summary>How many of its frames the decoder met damage at.</summary>
    public int DamagedFrames => Segments.Sum(segment => segment.Damaged.Count(frame => frame >= Start && frame < End));

    public long StartPts => PtsOf(Start);

    /// <summary>Pts of the frame after its last.</summary>
    public long EndPts => PtsOf(End);

    private long PtsOf(int frame)
    {
        var segment = Segments.First(segment => frame <= segment.Segment.End);
        return segment.Pts[frame - segment.Segment.Start];
    }
}
