using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Panda.Stream.Config.Binding;
using Panda.Stream.Splitting;

namespace Panda.Stream.Config;

/// <summary>Sets of splitting's numbers; the numbers themselves are in <see cref="SplitSettings"/>.</summary>
public enum SplitPreset
{
    /// <summary>As the paper's text has it.</summary>
    Paper,

    /// <summary>As the line of the released code has it that made the dataset.</summary>
    Panda70m,

    /// <summary>As the active line of the released code has it.</summary>
    Released,
}

/// <summary>A preset and what is set on top of it.</summary>
public sealed record SplitConfig
{
    [Description("Where the numbers below come from that say 'preset': the paper's text, the line of the released code that made the dataset, or its active line.")]
    public SplitPreset Preset { get; init; } = SplitPreset.Panda70m;

    // What finds shots is the same in all presets.
    [Description("What tells a frame that begins a new shot. content: the mean change of hue, saturation and value, pixel by pixel (PySceneDetect's ContentDetector, which made the dataset). histogram: the change of the histograms of the picture, wherever in it a colour lies.")]
    public Detector Detector { get; init; } = SplitSettings.Panda70M.Detector;

    [Description("Which histograms the detector histogram compares: hsv, the mean change of those of hue, saturation and value; luma, as PySceneDetect's HistogramDetector.")]
    public HistogramChannels HistogramChannels { get; init; } = SplitSettings.Panda70M.HistogramChannels;

    [Description("By what measure it compares them. chi_square: the sum of (a - b)^2 / (a + b) over twice the pixels, from 0 to 1. correlation: 1 less it, from 0 to 2, as PySceneDetect's HistogramDetector.")]
    public HistogramMetric HistogramMetric { get; init; } = SplitSettings.Panda70M.HistogramMetric;

    [Description("Score from which a frame may begin a new shot. detector: 25 for content; for histogram 0.2 with hsv and chi_square, 0.15 with luma and chi_square, 0.4 with hsv and correlation, 0.05 with luma and correlation.")]
    [NullIs("detector"), Range(0.0, 255.0)]
    public double? Threshold { get; init; }

    [Description("Where frames are scored. cpu: on the processor. cuda:N: on the card of that number, as long as that works; then the processor goes on, with one line that says why. Scores are the same.")]
    public string On { get; init; } = CardName.Cpu;

    [Description("Frames that must lie between two cuts.")]
    [Range(1, 100_000)]
    public int MinSceneFrames { get; init; } = SplitSettings.Panda70M.MinSceneLen;

    [Description("What becomes of cuts that follow each other too soon: suppress leaves the later ones out (PySceneDetect to 0.6.3, the age of the dataset), merge makes a run of them one (from 0.6.4).")]
    public CutFilter Filter { get; init; } = SplitSettings.Panda70M.Filter;

    [Description("How frames are made small before they are scored: width256 divides by width / 256 rounded down (PySceneDetect to 0.6.4), longest256 by the longer side / 256.")]
    public Downscale Downscale { get; init; } = SplitSettings.Panda70M.Downscale;

    [Description("Seconds of the segments into which a long shot is cut.")]
    [NullIs("preset"), Range(0.1, 3600.0)]
    public double? SegmentS { get; init; }

    [Description("Seconds by which a shot must be longer than that before it is cut.")]
    [NullIs("preset"), Range(0.0, 3600.0)]
    public double? SegmentSlackS { get; init; }

    [Description("How far from either end of a segment its two probe frames lie, as a part of its length.")]
    [NullIs("preset"), Range(0.0, 0.5)]
    public double? Probe { get; init; }

    [Description("Model that says how far two frames are apart: a folder below models whose card says kind: embedder.")]
    [Length(1, int.MaxValue)]
    public string Embedder { get; init; } = "layout";

    [Description("How probe frames are gathered for the embedder.")]
    public BatchConfig Batch { get; init; } = new();

    // Distances are between unit vectors, so 2 is the farthest.
    [Description("A segment whose probe frames are farther apart holds a transition and is dropped.")]
    [NullIs("preset"), Range(0.0, 2.0)]
    public double? Transition { get; init; }

    [Description("Neighbouring segments at most this far apart become one clip.")]
    [NullIs("preset"), Range(0.0, 2.0)]
    public double? Stitch { get; init; }

    [Description("A clip whose first and last probe frames are nearer is still and dropped.")]
    [NullIs("preset"), Range(0.0, 2.0)]
    public double? Still { get; init; }

    [Description("A clip nearer to an earlier one of its video repeats it and is dropped. 0: repeats are kept.")]
    [NullIs("preset"), Range(0.0, 2.0)]
    public double? Repeat { get; init; }

    [Description("Seconds; shorter clips are dropped, before trimming.")]
    [NullIs("preset"), Range(0.0, 86_400.0)]
    public double? ShortestS { get; init; }

    [Description("Seconds; longer clips lose their end, before trimming.")]
    [NullIs("preset"), Range(0.1, 86_400.0)]
    public double? LongestS { get; init; }

    [Description("Part of a clip that is taken off at each end.")]
    [NullIs("preset"), Range(0.0, 0.5, MaximumIsExclusive = true)]
    public double? Trim { get; init; }

    // Teachers take at most some tens of frames of a clip, so nothing nearer than an eighth of a second is asked for.
    [Description("Frames of a second of video that are kept, small, for the models.")]
    [Range(1, 60)]
    public int KeepPerSecond { get; init; } = 8;

    /// <summary>The numbers that splitting goes by: what is set here, else the preset's.</summary>
    public SplitSettings ToSettings()
    {
        var preset = SplitSettings.Presets[Names.Of(Preset.ToString())];
        // Another detector does not ask for these, so they make no other split.
        var (channels, metric) = Detector == Detector.Histogram ? (HistogramChannels, HistogramMetric) : (preset.HistogramChannels, preset.HistogramMetric);
        return preset with
        {
            Detector = Detector,
            HistogramChannels = channels,
            HistogramMetric = metric,
            Threshold = Threshold ?? DetectorThreshold.Of(Detector, channels, metric).Usual,
            MinSceneLen = MinSceneFrames,
            Filter = Filter,
            Downscale = Downscale,
            SegmentLength = SegmentS ?? preset.SegmentLength,
            SegmentSlack = SegmentSlackS ?? preset.SegmentSlack,
            Probe = Probe ?? preset.Probe,
            Transition = Transition ?? preset.Transition,
            Stitch = Stitch ?? preset.Stitch,
            Still = Still ?? preset.Still,
            Repeat = Repeat ?? preset.Repeat,
            ShortestClip = ShortestS ?? preset.ShortestClip,
            LongestClip = LongestS ?? preset.LongestClip,
            Trim = Trim ?? preset.Trim,
        };
    }
}
