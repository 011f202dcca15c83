using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Panda.Stream.Config;

/// <summary>How single items are gathered for a model; the same defaults wherever it is used, so that writing one key leaves the other as it was.</summary>
public sealed record BatchConfig
{
    // Larger batches hardly raise the rate of small models on a CPU, and each one's memory is held at once.
    [Description("Items that a model takes at once, at most.")]
    [Range(1, 4096)]
    public int Largest { get; init; } = 8;

    // Short beside a caption's tens of milliseconds, long beside the gap between clips of one video.
    [Description("Milliseconds that the first item of a batch waits for others.")]
    [Range(0, 60_000)]
    public int LongestWaitMs { get; init; } = 20;

    public TimeSpan LongestWait => TimeSpan.FromMilliseconds(LongestWaitMs);
}
