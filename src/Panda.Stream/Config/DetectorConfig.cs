using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Panda.Stream.Splitting;

namespace Panda.Stream.Config;

/// <summary>The keys of the shot detector, the same in all presets.</summary>
public sealed record DetectorConfig
{
    [Description("Content score from which a frame may begin a new shot.")]
    [Range(0.0, 255.0)]
    public double Threshold { get; init; } = SplitSettings.Panda70M.Threshold;

    [Description("Frames that must lie between two cuts.")]
    [Range(1, 100_000)]
    public int MinSceneFrames { get; init; } = SplitSettings.Panda70M.MinSceneLen;

    [Description("What becomes of cuts that follow each other too soon: suppress leaves the later ones out (PySceneDetect to 0.6.3, the age of the dataset), merge makes a run of them one (from 0.6.4).")]
    public CutFilter Filter { get; init; } = SplitSettings.Panda70M.Filter;

    [Description("How frames are made small before they are scored: width256 divides by width / 256 rounded down (PySceneDetect to 0.6.4), longest256 by the longer side / 256.")]
    public Downscale Downscale { get; init; } = SplitSettings.Panda70M.Downscale;
}
