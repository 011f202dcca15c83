using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Panda.Stream.Config.Binding;

namespace Panda.Stream.Config;

/// <summary>
/// How long the run waits for one item before it goes on without it. Only work counts: what a full stage holds back, or a batch
/// that waits for company, is no fault of the item's.
/// </summary>
public sealed record DeadlinesConfig
{
    // Opening a file on a slow network disk, or one 8K picture on one slow core, takes seconds; a minute of nothing is a hang.
    [Description("Seconds that a decoder may take over its next frames, opening the file included: then it hangs. none: for ever.")]
    [NullIs("none"), Range(0.001, 1_000_000.0)]
    public double? FrameS { get; init; } = 120;

    // For videos that trickle. By what was decoded and not by what the header promises, so that a header that lies earns nothing.
    [Description("Seconds of decoding that any video may take, on top of video_per_second. none: as many as it takes.")]
    [NullIs("none"), Range(0.001, 1_000_000.0)]
    public double? VideoS { get; init; } = 600;

    [Description("Seconds of decoding that each second of a video may take.")]
    [Range(0.0, 1_000_000.0)]
    public double VideoPerSecond { get; init; } = 60;

    // Eight large teachers on a CPU, twice over.
    [Description("Seconds that the models together may work on one clip, its share of batches counted. none: as many as it takes.")]
    [NullIs("none"), Range(0.001, 1_000_000.0)]
    public double? ClipS { get; init; } = 3600;

    [Description("Seconds that one call of a model may take, whatever its batch; then it is ended and its items are tried alone. none: as many as it takes.")]
    [NullIs("none"), Range(0.001, 1_000_000.0)]
    public double? ModelCallS { get; init; } = 900;
}
