using Panda.Stream.Videos;

namespace Panda.Stream.Splitting;

/// <summary>Scores each frame of one video against the frame before it, bit for bit as PySceneDetect's ContentDetector (0.6.2 with <see cref="Downscale.Width256"/>, 0.7.1 with <see cref="Downscale.Longest256"/>).</summary>
/// <remarks>
/// The size at which frames are compared is that of the first frame. Should the stream change its size half way,
/// later frames are brought to the same small size: a mere change of resolution then scores low, a cut that comes with it scores high.
/// Nothing is allocated per frame while the shape of the pictures stays.
/// </remarks>
/// <param name="downscale">How small.</param>
/// <param name="rotation">Degrees clockwise by which players turn the frames (0, 90, 180, 270): the reference compares upright pictures.</param>
public sealed class ContentScorer(Downscale downscale, int rotation = 0)
{
    private SmallPicture? _small;
    private HsvPlanes? _previous;
    private int _frame;

    /// <summary>Scores a picture of even height; for others swscale takes another path, so they come as BGR.</summary>
    public ContentScore Score(in Yuv420Planes picture)
    {
        if (picture.StrideU != picture.StrideV)
            throw new ArgumentException($"chroma rows: found {picture.StrideU} and {picture.StrideV} bytes apart, expected the same in both planes");
        var small = Fit(new(picture.Width, picture.Height, picture.StrideY, picture.StrideU, rotation, 1));
        var (hue, saturation, value) = (0L, 0L, 0L);
        for (var row = 0; row < small.Height; row++)
        {
            small.Read(picture, row);
            Compare(small, row, ref hue, ref saturation, ref value);
        }
        return Next(hue, saturation, value);
    }

    /// <summary>Scores a packed picture, as swscale makes it from any other pixel format.</summary>
    /// <param name="bgr">3 * width * height bytes, rows without padding, not rotated.</param>
    public ContentScore Score(ReadOnlySpan<byte> bgr, int width, int height)
    {
        var small = Fit(new(width, height, 3 * width, 0, rotation, 3));
        var (hue, saturation, value) = (0L, 0L, 0L);
        for (var row = 0; row < small.Height; row++)
        {
            small.Read(bgr, row);
            Compare(small, row, ref hue, ref saturation, ref value);
        }
        return Next(hue, saturation, value);
    }

    private void Compare(SmallPicture small, int row, ref long hue, ref long saturation, ref long value)
    {
        var (h, s, v) = _previous!.Replace(row, small.Blue, small.Green, small.Red);
        (hue, saturation, value) = (hue + h, saturation + s, value + v);
    }

    private SmallPicture Fit(PictureShape shape)
    {
        if (_small is { } small && small.Shape == shape)
            return small;
        var (width, height) = _small is { } first
            ? (first.Width, first.Height)
            : downscale.SmallSize(shape.UprightWidth, shape.UprightHeight);
        _previous ??= new HsvPlanes(width, height);
        return _small = new SmallPicture(shape, width, height);
    }

    private ContentScore Next(long hue, long saturation, long value)
    {
        var frame = _frame++;
        var pixels = _small!.Width * _small.Height;
        return frame == 0
            ? new ContentScore(0, 0.0, 0, 0, 0, pixels)
            : ContentScore.Of(frame, hue, saturation, value, pixels);
    }
}
