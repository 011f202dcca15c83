using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Videos.Cards;

namespace Panda.Stream.Videos;

/// <summary>
/// A lease on a decoded frame, whose pixels stay in libav's memory, be it the machine's or a card's. Dispose it soon: the last lease to go gives the memory back
/// to the decoder. Disposing twice is harmless; any other use of a disposed lease throws <see cref="ObjectDisposedException"/>.
/// Spans got from it must not outlive it. The frame may outlive its decoder.
/// </summary>
public readonly struct DecodedFrame : IDisposable
{
    private readonly FrameSlot? _slot;
    private readonly long _key;

    internal DecodedFrame(FrameSlot slot, long key) => (_slot, _key) = (slot, key);

    /// <summary>0-based number of the frame among the video's decoded frames.</summary>
    public int Index => Slot.Index;

    /// <summary>Presentation time in the stream's time base.</summary>
    public long Pts => Slot.Pts;

    /// <summary>Width as coded. It can change in mid stream.</summary>
    public int Width => Decoded.Width;

    /// <summary>Height as coded.</summary>
    public int Height => Decoded.Height;

    /// <summary>Bytes that libav took for it, at most; null when that is more than can be said.</summary>
    public long? PictureBytes => Frame.BytesOf(Format, Decoded.Width, Decoded.Height);

    /// <summary>libav's name of the pixel format, e.g. <c>yuv420p</c>; of a frame on a card that in which a CPU would have decoded it.</summary>
    public string PixelFormat => Frame.NameOf(Format);

    /// <summary>Whether the values span 0..255 instead of 16..235, by the pixel format or the stream's tag.</summary>
    public bool IsFullRange => Decoded.IsFullRange;

    /// <summary>Whether damage was met since the frame before: in this picture, or in packets that were lost on the way to it.</summary>
    public bool IsDamaged => Slot.IsDamaged;

    /// <summary>The planes where they lie on a card; false for a frame in the machine's memory.</summary>
    internal bool TryGetDevice(out DeviceFrame frame)
    {
        frame = default;
        if (Slot.Card is not { } card || Decoded is not { IsOnCard: true } picture)
            return false;
        var luma = picture.Address(0);
        var chroma = picture.Address(1);
        var bits = CardPictures.BitsOf(picture);
        frame = new()
        {
            Card = card.Card,
            Width = picture.Width,
            Height = picture.Height,
            Bits = bits,
            Planes = new(luma, chroma, chroma + (bits + 7) / 8),
            Shape = new(picture.Width, picture.Stride(0), picture.Stride(1), 2 * ((bits + 7) / 8)),
            Colors = new(picture.ColorSpace, picture.IsFullRange),
            FullRangeFormat = Format == LibavConstants.AV_PIX_FMT_YUVJ420P,
        };
        return true;
    }

    /// <summary>The planes, where the frame is 8-bit planar YUV 4:2:0; false for every other format. Brings a card's frame to the machine's memory.</summary>
    public bool TryGetYuv420(out Yuv420Planes planes)
    {
        var picture = Picture;
        if (!picture.IsYuv420)
        {
            planes = default;
            return false;
        }
        int width = picture.Width, height = picture.Height, chromaWidth = (width + 1) / 2, chromaHeight = (height + 1) / 2;
        planes = new Yuv420Planes
        {
            Width = width,
            Height = height,
            FullRangeFormat = picture.HasFullRangeFormat,
            Y = picture.Plane(0, width, height),
            U = picture.Plane(1, chromaWidth, chromaHeight),
            V = picture.Plane(2, chromaWidth, chromaHeight),
            StrideY = picture.Stride(0),
            StrideU = picture.Stride(1),
            StrideV = picture.Stride(2),
        };
        return true;
    }

    /// <summary>Another lease on the same frame, to be disposed on its own; 16 at most in a frame's life.</summary>
    public DecodedFrame Share() => new(Slot, Slot.Share(_key));

    public void Dispose() => _slot?.Release(_key);

    /// <summary>The picture with its pixels in the machine's memory; brings a card's there.</summary>
    internal Frame Picture => Decoded.IsOnCard ? Slot.Card!.OnHost(Slot) : Decoded;

    /// <summary>The picture wherever its pixels are: its size and tags.</summary>
    internal Frame Decoded => Slot.Picture;

    private int Format => Decoded.IsOnCard ? Slot.Card!.FormatOf(Decoded) : Decoded.Format;

    private FrameSlot Slot
    {
        get
        {
            ObjectDisposedException.ThrowIf(_slot is null || !_slot.IsLive(_key), typeof(DecodedFrame));
            return _slot;
        }
    }
}
