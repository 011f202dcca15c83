using Panda.Stream.Videos;

namespace Panda.Stream.Splitting;

/// <summary>Scores each frame of one video against the frame before it, bit for bit as PySceneDetect's ContentDetector (0.6.2 with <see cref="Downscale.Width256"/>, 0.7.1 with <see cref="Downscale.Longest256"/>).</summary>
/// <remarks>
/// The size at which frames are compared is that of the first frame. Should the stream change its size half way,
/// later frames are brought to the same small size: a mere change of resolution then scores low, a cut that comes with it scores high.
/// Nothing is allocated per frame while the shape of the pictures stays.
/// </remarks>
public sealed class ContentScorer
{
    private readonly Downscale _downscale;
    private readonly int _rotation;
    private readonly RowKernels _kernels;
    private SmallPicture? _small;
    private HsvPlanes? _previous;
    private int _frame;

    /// <param name="downscale">How small.</param>
    /// <param name="rotation">Degrees clockwise by which players turn the frames (0, 90, 180, 270): the reference compares upright pictures.</param>
    public ContentScorer(Downscale downscale, int rotation = 0)
        : this(downscale, rotation, RowKernels.Fastest)
    {
    }

    internal ContentScorer(Downscale downscale, int rotation, RowKernels kernels) =>
        (_downscale, _rotation, _kernels) = (downscale, rotation, kernels);

    /// <summary>Scores a picture of even height; for others swscale takes another path, so they come as BGR.</summary>
    public ContentScore Score(in Yuv420Planes picture)
    {
        if (picture.StrideU != picture.StrideV)
            throw new ArgumentException($"chroma rows: found {picture.StrideU} and {picture.StrideV} bytes apart, expected the same in both planes");
        var small = Fit(new(picture.Width, picture.Height, picture.StrideY, picture.StrideU, _rotation, 1));
        return Next(small, small.Replace(picture, _previous!));
    }

    /// <summary>Scores a packed picture, as swscale makes it from any other pixel format.</summary>
    /// <param name="bgr">3 * width * height bytes, rows without padding, not rotated.</param>
    public ContentScore Score(ReadOnlySpan<byte> bgr, int width, int height)
    {
        var small = Fit(new(width, height, 3 * width, 0, _rotation, 3));
        return Next(small, small.Replace(bgr, _previous!));
    }

    private SmallPicture Fit(PictureShape shape)
    {
        if (_small is { } small && small.Shape == shape)
            return small;
        var (width, height) = _small is { } first
            ? (first.Width, first.Height)
            : _downscale.SmallSize(shape.UprightWidth, shape.UprightHeight);
        _previous ??= new HsvPlanes(width, height);
        return _small = new SmallPicture(shape, width, height, _kernels);
    }

    private ContentScore Next(SmallPicture small, HsvDistance distance)
    {
        var frame = _frame++;
        var pixels = small.Width * small.Height;
        return frame == 0
            ? new ContentScore(0, 0.0, 0, 0, 0, pixels)
            : ContentScore.Of(frame, distance.Hue, distance.Saturation, distance.Value, pixels);
    }
}
