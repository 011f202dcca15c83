namespace Panda.Stream.Splitting;

/// <summary>What tells a frame that begins a shot; its score is held against <see cref="SplitSettings.Threshold"/>.</summary>
public enum Detector
{
    /// <summary>The mean change of hue, saturation and value, pixel by pixel: PySceneDetect's ContentDetector.</summary>
    Content,

    /// <summary>The change of histograms, which knows nothing of places: with luma's correlation PySceneDetect's HistogramDetector.</summary>
    Histogram,
}

/// <summary>Which histograms are compared.</summary>
public enum HistogramChannels
{
    /// <summary>The mean of the changes of hue, saturation and value.</summary>
    Hsv,

    /// <summary>OpenCV's luma.</summary>
    Luma,
}

/// <summary>By what measure two histograms are compared.</summary>
public enum HistogramMetric
{
    /// <summary>The sum of (a - b)^2 / (a + b) over twice the pixels: 0 for equal ones, 1 for those without a common bin.</summary>
    ChiSquare,

    /// <summary>1 less their correlation (OpenCV's HISTCMP_CORREL): 0 for equal ones, at most 2.</summary>
    Correlation,
}

/// <summary>Where the thresholds of a detector lie.</summary>
/// <param name="Usual">What is taken where none is named.</param>
/// <param name="Most">The highest score that any frame can have.</param>
public readonly record struct DetectorThreshold(double Usual, double Most)
{
    /// <summary>PySceneDetect's.</summary>
    public static DetectorThreshold Content { get; } = new(25, 255);

    /// <remarks>That of luma's correlation is PySceneDetect's; the others were chosen on rendered videos and a film of 18 real scenes.</remarks>
    public static DetectorThreshold Of(Detector detector, HistogramChannels channels, HistogramMetric metric) => (detector, channels, metric) switch
    {
        (Detector.Content, _, _) => Content,
        (_, HistogramChannels.Hsv, HistogramMetric.ChiSquare) => new(0.2, 1),
        (_, HistogramChannels.Luma, HistogramMetric.ChiSquare) => new(0.15, 1),
        (_, HistogramChannels.Hsv, _) => new(0.4, 2),
        _ => new(0.05, 2),
    };
}
