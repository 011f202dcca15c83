using Panda.Stream.Native.FFmpeg;

namespace Panda.Stream.Videos;

/// <summary>
/// Frames of any pixel format as BGR24 of full size, bit for bit as swscale makes them for OpenCV's reader: its defaults with the
/// bicubic flag, BT.601 and range by format whatever the tags say. Not turned: the reader does that afterwards.
/// For formats without a faster path. For one thread at a time.
/// </summary>
public sealed class BgrConverter : IDisposable
{
    private readonly PictureConverter _converter = new();

    /// <param name="destination">3 * Width * Height bytes of the frame, rows without padding.</param>
    public void Convert(DecodedFrame frame, Span<byte> destination)
    {
        var picture = frame.Picture;
        var rows = _converter.Convert(
            picture, picture.Width, picture.Height, LibavConstants.AV_PIX_FMT_BGR24, LibavConstants.SWS_BICUBIC, null, out var stride);
        RgbTurn.Copy(rows, stride, picture.Width, picture.Height, 0, destination);
    }

    public void Dispose() => _converter.Dispose();
}
