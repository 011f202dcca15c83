using Panda.Stream.Native.FFmpeg;

namespace Panda.Stream.Videos;

/// <summary>
/// A lease on a decoded frame, whose pixels stay in libav's memory. Dispose it soon: the last lease to go gives the memory back
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
    public int Width => Picture.Width;

    /// <summary>Height as coded.</summary>
    public int Height => Picture.Height;

    /// <summary>Bytes that libav took for it, at most; null when that is more than can be said.</summary>
    public long? PictureBytes => Frame.BytesOf(Picture.Format, Picture.Width, Picture.Height);

    /// <summary>libav's name of the pixel format, e.g. <c>yuv420p</c>.</summary>
    public string PixelFormat => Picture.FormatName;

    /// <summary>Whether the values span 0..255 instead of 16..235, by the pixel format or the stream's tag.</summary>
    public bool IsFullRange => Picture.IsFullRange;

    /// <summary>Whether damage was met since the frame before: in this picture, or in packets that were lost on the way to it.</summary>
    public bool IsDamaged => Slot.IsDamaged;

    /// <summary>The planes, where the frame is 8-bit planar YUV 4:2:0; false for every other format.</summary>
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

    internal Frame Picture => Slot.Picture;

    private FrameSlot Slot
    {
        get
        {
            ObjectDisposedException.ThrowIf(_slot is null || !_slot.IsLive(_key), typeof(DecodedFrame));
            return _slot;
        }
    }
}
