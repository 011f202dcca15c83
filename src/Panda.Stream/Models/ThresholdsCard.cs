using Panda.Stream.Splitting;

namespace Panda.Stream.Models;

/// <summary>Distances between an embedder's vectors, for splitting; see <see cref="DistanceThresholds"/>.</summary>
public sealed record ThresholdsCard
{
    public required double Transition { get; init; }
    public required double Stitch { get; init; }
    public required double Still { get; init; }
    public required double Repeat { get; init; }

    public DistanceThresholds ToDistances() => new(Transition, Stitch, Still, Repeat);
}
