using Panda.Stream.Splitting;

namespace Panda.Stream.Tuning;

/// <summary>What one combination of settings makes of a result.</summary>
/// <param name="Values">The values of the sweep's axes, in their order.</param>
/// <param name="Clips">Clips that stay.</param>
/// <param name="Lengths">Seconds of each, ascending.</param>
/// <param name="MaxRunningLpips">The mean over the clips in which it is known; null when in none.</param>
/// <param name="Drops">Dropped segments by reason.</param>
/// <param name="Borders">How many decisions between neighbouring segments were right, of how many; null without truth.</param>
public sealed record SweepPoint(
    IReadOnlyList<string> Values, int Clips, IReadOnlyList<double> Lengths, double? MaxRunningLpips,
    IReadOnlyDictionary<DropReason, int> Drops, (int Right, int Borders)? Borders)
{
    public double TotalSeconds { get; } = Lengths.Sum();

    public double? MeanSeconds => Clips == 0 ? null : TotalSeconds / Clips;

    /// <summary>The length below which a part of the clips lies, between neighbours in proportion; null without clips.</summary>
    public double? Quantile(double part)
    {
        if (Clips == 0)
            return null;
        var at = part * (Clips - 1);
        var (low, high) = ((int)Math.Floor(at), (int)Math.Ceiling(at));
        return Lengths[low] + (at - low) * (Lengths[high] - Lengths[low]);
    }
}
