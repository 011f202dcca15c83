namespace Panda.Stream.Splitting;

/// <summary>
/// Compares the histograms of each frame of one video with those of the frame before it, on the small pictures that the content score
/// compares, too. Luma's correlation is what PySceneDetect's HistogramDetector computes with its 256 bins.
/// </summary>
public sealed class HistogramScorer : PictureScorer<HistogramScore>
{
    private Histograms? _histograms;

    /// <inheritdoc cref="ContentScorer(Downscale, int)"/>
    public HistogramScorer(Downscale downscale, int rotation = 0)
        : this(downscale, rotation, RowKernels.Fastest)
    {
    }

    /// <inheritdoc cref="ContentScorer(Downscale, int, RowKernels, ScorerState)"/>
    internal HistogramScorer(Downscale downscale, int rotation, RowKernels kernels, ScorerState? state = null)
        : base(downscale, rotation, kernels, state)
    {
        if (state is null)
            return;
        _histograms = new(state.Width, kernels);
        state.Latest.CopyTo(_histograms.Counts, 0);
    }

    /// <summary>Of the latest frame: 256 bins of hue, of saturation, of value and of luma.</summary>
    internal ReadOnlySpan<uint> Counts => _histograms!.Counts;

    private protected override IRowSink Begin(SmallPicture small, RowKernels kernels)
    {
        _histograms ??= new(small.Width, kernels);
        _histograms.Begin();
        return _histograms;
    }

    private protected override HistogramScore End(SmallPicture small)
    {
        _histograms!.Complete();
        return Scored == 0 ? HistogramScore.First : _histograms.Compare(Scored);
    }
}
