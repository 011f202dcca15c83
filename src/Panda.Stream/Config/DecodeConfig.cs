using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Panda.Stream.Config.Binding;

namespace Panda.Stream.Config;

public sealed record DecodeConfig
{
    [Description("Videos that are decoded side by side, each in a lane of its own. auto: one for every thread, no more than there are videos.")]
    [NullIs("auto"), Range(1, 256)]
    public int? VideosAtOnce { get; init; }

    [Description("Threads that decode one video. auto: the threads divided by the lanes.")]
    [NullIs("auto"), Range(1, 64)]
    public int? ThreadsEach { get; init; }
}
