using Panda.Stream.Videos;

namespace Panda.Stream.Splitting;

/// <summary>Scores each picture of one video against the one before it, both made small.</summary>
/// <remarks>
/// The size at which pictures are compared is that of the first. Should the stream change its size half way,
/// later ones are brought to the same small size: a mere change of resolution then scores low, a cut that comes with it scores high.
/// Nothing is allocated per picture while their shape stays.
/// </remarks>
public abstract class PictureScorer<TScore>
{
    private readonly Downscale _downscale;
    private readonly int _rotation;
    private readonly RowKernels _kernels;
    private SmallPicture? _small;
    private (int Width, int Height) _size;

    private protected PictureScorer(Downscale downscale, int rotation, RowKernels kernels, ScorerState? state)
    {
        (_downscale, _rotation, _kernels) = (downscale, rotation, kernels);
        if (state is not null)
            (Scored, _size) = (state.Scored, (state.Width, state.Height));
    }

    /// <summary>Pictures scored so far.</summary>
    internal int Scored { get; private set; }

    /// <summary>Scores a picture of even height; for others swscale takes another path, so they come as BGR.</summary>
    public TScore Score(in Yuv420Planes picture)
    {
        if (picture.StrideU != picture.StrideV)
            throw new ArgumentException($"chroma rows: found {picture.StrideU} and {picture.StrideV} bytes apart, expected the same in both planes");
        var small = Fit(new(picture.Width, picture.Height, picture.StrideY, picture.StrideU, _rotation, 1));
        small.Read(picture, Begin(small, _kernels));
        return Next(small);
    }

    /// <summary>Scores a packed picture, as swscale makes it from any other pixel format.</summary>
    /// <param name="bgr">3 * width * height bytes, rows without padding, not rotated.</param>
    public TScore Score(ReadOnlySpan<byte> bgr, int width, int height)
    {
        var small = Fit(new(width, height, 3 * width, 0, _rotation, 3));
        small.Read(bgr, Begin(small, _kernels));
        return Next(small);
    }

    /// <summary>What takes the rows of the next picture.</summary>
    private protected abstract IRowSink Begin(SmallPicture small, RowKernels kernels);

    /// <summary>The score, once all rows were taken.</summary>
    private protected abstract TScore End(SmallPicture small);

    private TScore Next(SmallPicture small)
    {
        var score = End(small);
        Scored++;
        return score;
    }

    private SmallPicture Fit(PictureShape shape)
    {
        if (_small is { } same && same.Shape == shape)
            return same;
        if (_size == default)
            _size = _downscale.SmallSize(shape.UprightWidth, shape.UprightHeight);
        return _small = new SmallPicture(shape, _size.Width, _size.Height, _kernels);
    }
}
