using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Panda.Stream.Config.Binding;

namespace Panda.Stream.Config;

/// <summary>Where decoders run.</summary>
public enum DecodeIsolation
{
    /// <summary>In the run's own process: what crashes a decoder ends the run, which the launcher starts again.</summary>
    Thread,

    /// <summary>In a child process for each lane.</summary>
    Process,
}

public sealed record DecodeConfig
{
    [Description("What decodes. cpu: the processor. cuda:N: the card of that number, whose frames stay on it; what it cannot decode the processor does, with one line that says why. Rows are the same.")]
    public string On { get; init; } = CardName.Cpu;

    /// <summary>The number of the card that decodes; null for the CPU, or when <see cref="On"/> is neither.</summary>
    internal int? Card => CardName.NumberOf(On);

    [Description("Videos that are decoded side by side, each in a lane of its own. auto: one for every thread, no more than there are videos.")]
    [NullIs("auto"), Range(1, 256)]
    public int? VideosAtOnce { get; init; }

    [Description("Threads that decode one video. auto: the threads divided by the lanes.")]
    [NullIs("auto"), Range(1, 64)]
    public int? ThreadsEach { get; init; }

    [Description("Where decoders run. thread: in the run's own process. process: each lane's in a child process, so that a decoder that crashes, hangs or takes too much memory costs its video and nothing else; a card decodes in the run's own in any case.")]
    public DecodeIsolation Isolation { get; init; } = DecodeIsolation.Thread;

    // Some tens of 8K pictures, as many as a codec may hold at once, and the program itself.
    [Description("Megabytes of its own that a decoder's child process may take; the frames that it hands over are not counted. none: as many as there are.")]
    [NullIs("none"), Range(256, 1_048_576)]
    public int? ProcessMemoryMb { get; init; } = 4096;
}
