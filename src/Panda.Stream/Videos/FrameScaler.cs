using Panda.Stream.Native.FFmpeg;

namespace Panda.Stream.Videos;

/// <summary>
/// Makes frames small for the models: RGB24, upright, with square pixels, the short side a given length, colours by the frame's tags.
/// Averages areas when it makes smaller, interpolates when it enlarges. For one thread at a time.
/// </summary>
/// <param name="info">The video's rotation and sample aspect.</param>
/// <param name="shortSide">Pixels of the shorter side of every kept frame.</param>
public sealed class FrameScaler(VideoStreamInfo info, int shortSide) : IDisposable
{
    private readonly PictureConverter _converter = new();

    public KeptFrame Keep(DecodedFrame frame)
    {
        var picture = frame.Picture;
        var (width, height) = UnturnedSize(picture.Width, picture.Height);
        var filter = width <= picture.Width && height <= picture.Height ? LibavConstants.SWS_AREA : LibavConstants.SWS_BILINEAR;
        var rows = _converter.Convert(picture, width, height, LibavConstants.AV_PIX_FMT_RGB24, filter,
            new SourceColors(ColorSpaceOf(picture), picture.IsFullRange), out var stride);

        var rgb = new byte[3 * width * height];
        RgbTurn.Copy(rows, stride, width, height, info.Rotation, rgb);
        return info.Rotation is 90 or 270
            ? new KeptFrame(frame.Index, frame.Pts, height, width, rgb)
            : new KeptFrame(frame.Index, frame.Pts, width, height, rgb);
    }

    public void Dispose() => _converter.Dispose();

    private (int Width, int Height) UnturnedSize(int width, int height)
    {
        var square = width * info.SampleAspect.ToDouble();
        var scale = shortSide / Math.Min(square, height);
        return square <= height
            ? (shortSide, Math.Max(1, (int)Math.Round(height * scale)))
            : (Math.Max(1, (int)Math.Round(square * scale)), shortSide);
    }

    // Untagged video is BT.709 from high definition on, as players take it.
    private static int ColorSpaceOf(Frame picture) => picture.ColorSpace != LibavConstants.AVCOL_SPC_UNSPECIFIED
        ? picture.ColorSpace
        : picture.Width >= 1280 || picture.Height > 576 ? LibavConstants.AVCOL_SPC_BT709 : LibavConstants.AVCOL_SPC_SMPTE170M;
}
