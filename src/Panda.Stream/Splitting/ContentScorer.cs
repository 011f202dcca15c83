namespace Panda.Stream.Splitting;

/// <summary>Scores each frame of one video against the frame before it, bit for bit as PySceneDetect's ContentDetector (0.6.2 with <see cref="Downscale.Width256"/>, 0.7.1 with <see cref="Downscale.Longest256"/>).</summary>
public sealed class ContentScorer : PictureScorer<ContentScore>
{
    private HsvPlanes? _latest;

    /// <param name="downscale">How small the pictures are that are compared.</param>
    /// <param name="rotation">Degrees clockwise by which players turn the frames (0, 90, 180, 270): the reference compares upright pictures.</param>
    public ContentScorer(Downscale downscale, int rotation = 0)
        : this(downscale, rotation, RowKernels.Fastest)
    {
    }

    /// <param name="state">From where it goes on; null for a video's first frame.</param>
    internal ContentScorer(Downscale downscale, int rotation, RowKernels kernels, ScorerState? state = null)
        : base(downscale, rotation, kernels, state)
    {
        if (state is null)
            return;
        _latest = new(state.Width, state.Height, kernels);
        _latest.Fill(state.Latest, state.Width);
    }

    private protected override IRowSink Begin(SmallPicture small, RowKernels kernels)
    {
        _latest ??= new(small.Width, small.Height, kernels);
        _latest.Distance = default;
        return _latest;
    }

    private protected override ContentScore End(SmallPicture small)
    {
        var (pixels, distance) = (small.Width * small.Height, _latest!.Distance);
        return Scored == 0
            ? new ContentScore(0, 0.0, 0, 0, 0, pixels)
            : ContentScore.Of(Scored, distance.Hue, distance.Saturation, distance.Value, pixels);
    }
}
