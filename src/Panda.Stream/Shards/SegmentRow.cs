using Panda.Stream.Native;
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

    public required VideoFacts Video { get; init; }

    /// <summary>The pts of each of its frames, and of the frame after its last.</summary>
    public required IReadOnlyList<long> Pts { get; init; }

    public CoherenceSamples? Samples { get; init; }

    /// <summary>Its frames at which the decoder met damage.</summary>
    public IReadOnlyList<int> Damaged { get; init; } = [];
}

/// <summary>What of a video is needed to write its clips; the same in all its segments.</summary>
/// <param name="Fps">Average frames a second, as the container tells.</param>
/// <param name="Width">Width as shown.</param>
/// <param name="Height">Height as shown.</param>
/// <param name="TimeBase">Length of one pts tick, in seconds.</param>
/// <param name="ZeroPts">The pts that is second 0.</param>
public sealed record VideoFacts(double Fps, int Width, int Height, Rational TimeBase, long ZeroPts)
{
    /// <summary>Seconds from the start of the stream to a pts.</summary>
    public double Seconds(long pts) => (double)(pts - ZeroPts) * TimeBase.Numerator / TimeBase.Denominator;
}
