using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Panda.Stream.Config.Binding;

namespace Panda.Stream.Config;

public sealed record ResourcesConfig
{
    [Description("Threads that decoding and models share. auto: one a core.")]
    [NullIs("auto"), Range(1, 1024)]
    public int? Threads { get; init; }
}
