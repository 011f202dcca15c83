using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Panda.Stream.Config.Binding;

namespace Panda.Stream.Config;

public sealed record ResourcesConfig
{
    /// <summary>What <c>auto</c> comes to.</summary>
    public const string OnlyDevice = "cpu:0";

    [Description("Devices that models run on. cpu:0, cpu:1, ... share the threads out, each to one call at a time; models are placed on them by their measured time, the slowest on several. auto: the CPU as one device, on which models run side by side.")]
    [NullIs("auto"), Length(1, 64)]
    public IReadOnlyList<string>? Devices { get; init; }

    [Description("Models that run on one device, as long as that one works: {MODEL: DEVICE}. It goes before what their cards say.")]
    public IReadOnlyDictionary<string, string> On { get; init; } = new Dictionary<string, string>();

    /// <summary>The names of the devices, whatever was written.</summary>
    internal IReadOnlyList<string> DeviceNames => Devices ?? [OnlyDevice];

    [Description("Threads that decoding and models share. auto: one a core.")]
    [NullIs("auto"), Range(1, 1024)]
    public int? Threads { get; init; }

    // The other half is for what is not counted: the runtime, the models, the shards, the system's cache of the files.
    [Description("Memory for the videos, segments and clips in flight, such as 4GiB; the runtime and the models need some more beside it. auto: half of what .NET finds (the machine's, or three quarters of its cgroup's limit).")]
    [NullIs("auto")]
    public ByteCount? Memory { get; init; }
}
