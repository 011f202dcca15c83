using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Panda.Stream.Config.Binding;
using Panda.Stream.Models.Devices;

namespace Panda.Stream.Config;

public sealed record ResourcesConfig
{
    /// <summary>What <c>auto</c> comes to on a machine without cards.</summary>
    public const string OnlyDevice = "cpu:0";

    [Description("Devices that models run on, each one call at a time: cuda:0, cuda:1, ... are cards, and cpu:0, cpu:1, ... share the threads out. Models are placed on them by their measured time and memory, the slowest on several. auto: all cards that models can run on; where there are none, the CPU as one device, on which models run side by side.")]
    [NullIs("auto"), Length(1, 64)]
    public IReadOnlyList<string>? Devices { get; init; }

    [Description("Models that run on one device, as long as that one works: {MODEL: DEVICE}. It goes before what their cards say.")]
    public IReadOnlyDictionary<string, string> On { get; init; } = new Dictionary<string, string>();

    /// <summary>The names of the devices, whatever was written.</summary>
    internal IReadOnlyList<string> DeviceNames => Devices ?? (MachineCards.Real.Auto().Names is { Count: > 0 } cards ? cards : [OnlyDevice]);

    [Description("Threads that decoding and models share. auto: one a core.")]
    [NullIs("auto"), Range(1, 1024)]
    public int? Threads { get; init; }

    // The other half is for what is not counted: the runtime, the models, the shards, the system's cache of the files.
    [Description("Memory for the videos, segments and clips in flight, such as 4GiB; the runtime and the models need some more beside it. auto: half of what .NET finds (the machine's, or three quarters of its cgroup's limit).")]
    [NullIs("auto")]
    public ByteCount? Memory { get; init; }
}
