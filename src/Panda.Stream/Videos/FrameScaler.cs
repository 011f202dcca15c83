using Panda.Stream.Kernels;
using Panda.Stream.Native;
using Panda.Stream.Native.Cuda;
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
    private AreaScaler? _area;
    private CudaAreaScaler? _onCard;
    private bool _cardFailed;
    private byte[] _unturned = [];

    public KeptFrame Keep(DecodedFrame frame)
    {
        var decoded = frame.Decoded;
        var (width, height) = UnturnedSize(decoded.Width, decoded.Height, info.SampleAspect, shortSide);
        var colors = new SourceColors(ColorSpaceOf(decoded), decoded.IsFullRange);
        var rgb = GC.AllocateUninitializedArray<byte>(3 * width * height);
        if (!AreaScaler.Suits(decoded.Width, decoded.Height, width, height))
            Convert(frame.Picture, width, height, colors, rgb);
        else if (!TryScaleOnCard(frame, width, height, colors, rgb))
        {
            if (frame.TryGetYuv420(out var planes))
                ScaleAreas(planes, width, height, colors, rgb);
            else
                Convert(frame.Picture, width, height, colors, rgb);
        }
        return info.Rotation is 90 or 270
            ? new KeptFrame(frame.Index, frame.Pts, height, width, rgb)
            : new KeptFrame(frame.Index, frame.Pts, width, height, rgb);
    }

    public void Dispose()
    {
        _converter.Dispose();
        _onCard?.Dispose();
    }

    /// <returns>False for a frame that is not on a card, or of more than 8 bits, and once the card has failed: then the CPU does it, and the pixels are the same.</returns>
    private bool TryScaleOnCard(DecodedFrame frame, int width, int height, SourceColors colors, byte[] rgb)
    {
        if (_cardFailed || !frame.TryGetDevice(out var device) || device.Bits != 8)
            return false;
        try
        {
            if (_onCard is null || (_onCard.FromWidth, _onCard.FromHeight, _onCard.Width, _onCard.Height) != (device.Width, device.Height, width, height))
            {
                _onCard?.Dispose();
                _onCard = null; // so that one that cannot be made leaves nothing half disposed
                _onCard = new(device.Card, device.Width, device.Height, width, height);
            }
            _onCard.Scale(device, colors, info.Rotation, rgb);
            return true;
        }
        catch (CudaException failed)
        {
            device.Card.Fail(failed.Message);
            _cardFailed = true;
            return false;
        }
    }

    private void ScaleAreas(in Yuv420Planes planes, int width, int height, SourceColors colors, byte[] rgb)
    {
        if (_area is null || (_area.FromWidth, _area.FromHeight, _area.Width, _area.Height) != (planes.Width, planes.Height, width, height))
        {
            _area = new AreaScaler(planes.Width, planes.Height, width, height);
            _unturned = new byte[rgb.Length];
        }
        if (info.Rotation == 0)
        {
            _area.Scale(planes, colors, rgb);
            return;
        }
        _area.Scale(planes, colors, _unturned);
        RgbTurn.Copy(_unturned, 3 * width, width, height, info.Rotation, rgb);
    }

    private void Convert(Frame picture, int width, int height, SourceColors colors, byte[] rgb)
    {
        var filter = width <= picture.Width && height <= picture.Height ? LibavConstants.SWS_AREA : LibavConstants.SWS_BILINEAR;
        var rows = _converter.Convert(picture, width, height, LibavConstants.AV_PIX_FMT_RGB24, filter, colors, out var stride);
        RgbTurn.Copy(rows, stride, width, height, info.Rotation, rgb);
    }

    /// <summary>Size of a kept frame before it is turned.</summary>
    internal static (int Width, int Height) UnturnedSize(int width, int height, Rational sampleAspect, int shortSide)
    {
        var square = width * sampleAspect.ToDouble();
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
