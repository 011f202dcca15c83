namespace Panda.Stream.Splitting;

/// <summary>Distances between unit-norm embeddings at which stage 2 decides; they belong to an embedder, so its card carries them.</summary>
/// <param name="Transition">A segment whose two probes are farther apart holds a transition: dropped.</param>
/// <param name="Stitch">Neighbours whose facing probes are at most this far apart are one clip.</param>
/// <param name="Still">A clip whose first and last probe are nearer shows nothing happening: dropped.</param>
/// <param name="Repeat">A clip whose mean is nearer to that of an earlier clip repeats it: dropped. 0: not looked at.</param>
public sealed record DistanceThresholds(double Transition, double Stitch, double Still, double Repeat);

/// <summary>Every number of splitting. The presets are the paper's text, the commented line of the released code that made the dataset, and its active line.</summary>
public sealed record SplitSettings
{
    public static SplitSettings Panda70M { get; } = new();

    public static SplitSettings Paper { get; } = new()
    {
        Probe = 0.10, SegmentSlack = 0, ShortestClip = 2.0, DropsAtThreshold = true,
    };

    public static SplitSettings Released { get; } = new()
    {
        ShortestClip = 2.0, LongestClip = 1200, Trim = 0, Repeat = 0,
    };

    /// <summary>The presets by the names that a configuration uses.</summary>
    public static IReadOnlyDictionary<string, SplitSettings> Presets { get; } =
        new Dictionary<string, SplitSettings> { ["paper"] = Paper, ["panda70m"] = Panda70M, ["released"] = Released };

    public Detector Detector { get; init; } = Detector.Content;

    /// <summary>Which histograms are compared; of no account with another detector, as the next one.</summary>
    public HistogramChannels HistogramChannels { get; init; } = HistogramChannels.Hsv;

    public HistogramMetric HistogramMetric { get; init; } = HistogramMetric.ChiSquare;

    /// <summary>Score at which a shot begins.</summary>
    public double Threshold { get; init; } = DetectorThreshold.Content.Usual;

    /// <summary>Frames that must lie between two cuts.</summary>
    public int MinSceneLen { get; init; } = 15;

    public CutFilter Filter { get; init; } = CutFilter.Suppress;

    public Downscale Downscale { get; init; } = Downscale.Width256;

    /// <summary>How far from either end of a segment its probe frames lie, as a part of it.</summary>
    public double Probe { get; init; } = 0.05;

    /// <summary>Seconds of a segment that an artificial cut ends.</summary>
    public double SegmentLength { get; init; } = 5;

    /// <summary>Seconds by which a shot must be longer than that before it is cut.</summary>
    public double SegmentSlack { get; init; } = 2;

    /// <summary>Seconds; a stitched clip below it is dropped.</summary>
    public double ShortestClip { get; init; } = 2.5;

    /// <summary>Seconds; a stitched clip above it loses its end.</summary>
    public double LongestClip { get; init; } = 60;

    /// <summary>Part of a clip that is taken off at each end.</summary>
    public double Trim { get; init; } = 0.1;

    /// <summary>Whether a still or repeated clip that lies exactly at the threshold is dropped too, as the paper words it.</summary>
    public bool DropsAtThreshold { get; init; }

    /// <summary>Overrides the embedder's threshold; likewise the next three.</summary>
    public double? Transition { get; init; }

    public double? Stitch { get; init; }

    public double? Still { get; init; }

    public double? Repeat { get; init; }

    /// <summary>The thresholds to use with an embedder: its own, except where these settings say otherwise.</summary>
    public DistanceThresholds ThresholdsFor(DistanceThresholds embedder)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        return new(
            Transition ?? embedder.Transition, Stitch ?? embedder.Stitch, Still ?? embedder.Still, Repeat ?? embedder.Repeat);
    }
}
