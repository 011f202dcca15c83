using Panda.Stream.Splitting;

namespace Panda.Stream.Shards;

/// <summary>One segment and what became of it: a row of <c>segments/</c>, from which thresholds can be tuned again without decoding.</summary>
public sealed record SegmentRow
{
    public required string VideoId { get; init; }
    public required string Source { get; init; }
    public required Segment Segment { get; init; }
    public required double StartSeconds { get; init; }
    public required double EndSeconds { get; init; }
    public required ProbeFrames Probes { get; init; }
    public float[]? FirstFeature { get; init; }
    public float[]? LastFeature { get; init; }

    /// <summary>The clip that holds it; null when it was dropped, and then <see cref="Reason"/> says why.</summary>
    public string? ClipId { get; init; }

    public string? Reason { get; init; }

    /// <summary>The figure that the reason compares: a distance, or seconds.</summary>
    public double? Value { get; init; }

    /// <summary>The reason in words: figure and threshold, or why a probe frame failed.</summary>
    public string? Detail { get; init; }
}
