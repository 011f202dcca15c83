namespace Panda.Stream.Splitting;

/// <summary>How a channel's histogram differs from that of the frame before.</summary>
/// <param name="Correlation">1 for equal ones.</param>
/// <param name="ChiSquare">0 for equal ones, 1 for those without a common bin.</param>
public readonly record struct HistogramDifference(double Correlation, double ChiSquare)
{
    internal static HistogramDifference None { get; } = new(1, 0);

    internal double Change(HistogramMetric metric) => metric == HistogramMetric.ChiSquare ? ChiSquare : 1 - Correlation;
}

/// <summary>How much one frame's histograms differ from those of the frame before it.</summary>
/// <param name="Frame">0-based number of the frame.</param>
public readonly record struct HistogramScore(int Frame, HistogramDifference Hue, HistogramDifference Saturation, HistogramDifference Value, HistogramDifference Luma)
{
    /// <summary>Of a video's first frame, which has none before it.</summary>
    internal static HistogramScore First { get; } = new(0, HistogramDifference.None, HistogramDifference.None, HistogramDifference.None, HistogramDifference.None);

    /// <summary>What is held against the threshold: 0 where nothing has changed.</summary>
    public double HistogramVal(HistogramChannels channels, HistogramMetric metric) => channels == HistogramChannels.Luma
        ? Luma.Change(metric)
        : (Hue.Change(metric) + Saturation.Change(metric) + Value.Change(metric)) / 3;
}
