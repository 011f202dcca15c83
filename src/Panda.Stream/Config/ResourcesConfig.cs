using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Panda.Stream.Config.Binding;

namespace Panda.Stream.Config;

public sealed record ResourcesConfig
{
    [Description("Threads that decoding and models share. auto: one a core.")]
    [NullIs("auto"), Range(1, 1024)]
    public int? Threads { get; init; }

    // The other half is for what is not counted: the runtime, the models, the shards, the system's cache of the files.
    [Description("Memory for the videos, segments and clips in flight, such as 4GiB; the runtime and the models need some more beside it. auto: half of what .NET finds (the machine's, or three quarters of its cgroup's limit).")]
    [NullIs("auto")]
    public ByteCount? Memory { get; init; }
}
