using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Panda.Stream.Config.Binding;

namespace Panda.Stream.Config;

public sealed record CoherenceConfig
{
    [Description("Model between whose features the perceptual distance is taken: a folder below models whose card says kind: features. none: coherence is not measured.")]
    [NullIs("none"), Length(1, int.MaxValue)]
    public string? Model { get; init; } = "mini-lpips";

    // As in the paper.
    [Description("Frames of a second of video that are compared, each with the one before.")]
    [Range(0.01, 60.0)]
    public double PerSecond { get; init; } = 1;

    [Description("How frames are gathered for the model.")]
    public BatchConfig Batch { get; init; } = new();
}
