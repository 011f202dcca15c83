namespace Panda.Stream.Splitting;

/// <summary>How much a frame differs from the one before it, by the detector that was asked for, and the figures that this is made of.</summary>
public readonly record struct FrameScore
{
    public FrameScore(ContentScore content) => (Frame, Value, Content) = (content.Frame, content.ContentVal, content);

    public FrameScore(HistogramScore histogram, HistogramChannels channels, HistogramMetric metric) =>
        (Frame, Value, Histogram) = (histogram.Frame, histogram.HistogramVal(channels, metric), histogram);

    /// <summary>0-based number of the frame.</summary>
    public int Frame { get; }

    /// <summary>What is held against the threshold; 0 for a first frame.</summary>
    public double Value { get; }

    /// <summary>Null where another detector was asked for.</summary>
    public ContentScore? Content { get; }

    /// <inheritdoc cref="Content"/>
    public HistogramScore? Histogram { get; }
}
