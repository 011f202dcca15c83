namespace Panda.Stream.Splitting;

/// <summary>A segment with the unit-norm features of its two probe frames, or the reason why it has not both.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="Probes">Its probe frames.</param>
/// <param name="First">Features of the first probe.</param>
/// <param name="Last">Features of the last probe.</param>
/// <param name="Failure">Why a probe could not be embedded; null when both were.</param>
public sealed record EmbeddedSegment(Segment Segment, ProbeFrames Probes, float[]? First, float[]? Last, string? Failure)
{
    /// <summary>Distance between the two probes; null when one is missing.</summary>
    public double? Inside { get; } = First is null || Last is null ? null : Distance.Between(First, Last);

    /// <summary>Its frames on the grid along which coherence is measured; null when it is not measured, or could not be.</summary>
    public CoherenceSamples? Samples { get; init; }

    /// <summary>The pts of each of its frames, and of the frame after its last; empty where times do not matter.</summary>
    public IReadOnlyList<long> Pts { get; init; } = [];

    /// <summary>Its frames at which the decoder met damage.</summary>
    public IReadOnlyList<int> Damaged { get; init; } = [];
}
