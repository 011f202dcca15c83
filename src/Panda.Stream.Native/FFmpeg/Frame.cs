using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using static Panda.Stream.Native.FFmpeg.LibavLayout;

namespace Panda.Stream.Native.FFmpeg;

/// <summary>A reusable holder of one decoded picture. The pixels belong to libav and are valid until <see cref="Clear"/> or the next picture.</summary>
public sealed unsafe class Frame : IDisposable
{
    private const int MaxSide = 1 << 20; // far above what any codec knows, and padding cannot overflow

    private static readonly ConcurrentDictionary<int, string> FormatNames = new();

    internal FrameHandle Handle { get; }

    public Frame()
    {
        Libav.Require();
        Handle = AvUtil.av_frame_alloc().Allocated("av_frame_alloc");
    }

    public int Width => Read<int>(AVFrame_width);
    public int Height => Read<int>(AVFrame_height);

    /// <summary>libav's number of the pixel format (<c>AVPixelFormat</c>).</summary>
    public int Format => Read<int>(AVFrame_format);

    public string FormatName => NameOf(Format);

    /// <summary>Presentation time in the stream's time base, libav's best guess where the file has none; null when it has no guess either.</summary>
    public long? Pts => Read<long>(AVFrame_best_effort_timestamp) is not LibavConstants.AV_NOPTS_VALUE and var pts ? pts : null;

    /// <summary>Whether luma spans 0..255 by the format or the stream's tag.</summary>
    public bool IsFullRange => HasFullRangeFormat || ColorRange == LibavConstants.AVCOL_RANGE_JPEG;

    /// <summary>Range as tagged (<c>AVColorRange</c>).</summary>
    public int ColorRange => Read<int>(AVFrame_color_range);

    /// <summary>Whether the pixel format itself says full range (yuvj...), which is all that swscale's defaults look at.</summary>
    public bool HasFullRangeFormat => FormatName.StartsWith("yuvj", StringComparison.Ordinal);

    /// <summary>Matrix coefficients as tagged (<c>AVColorSpace</c>).</summary>
    public int ColorSpace => Read<int>(AVFrame_colorspace);

    /// <summary>Range, primaries and transfer as tagged (<c>AVColorRange</c>, <c>AVColorPrimaries</c>, <c>AVColorTransferCharacteristic</c>).</summary>
    internal (int Range, int Primaries, int Transfer) ColorTags =>
        (Read<int>(AVFrame_color_range), Read<int>(AVFrame_color_primaries), Read<int>(AVFrame_color_trc));

    /// <summary>Whether the decoder says that the picture is not as it should be: it was built on others that are missing. For concealed errors see <see cref="StreamDecoder.TakeConcealed"/>.</summary>
    public bool IsCorrupt => (Read<int>(AVFrame_flags) & LibavConstants.AV_FRAME_FLAG_CORRUPT) != 0;

    /// <summary>The number that the decoder was given with the picture's packet.</summary>
    internal long PacketNumber => Read<long>(AVFrame_reordered_opaque);

    /// <summary>Whether the pixels are 8-bit planar 4:2:0 (yuv420p or yuvj420p) with rows stored top down.</summary>
    public bool IsYuv420 =>
        Format is LibavConstants.AV_PIX_FMT_YUV420P or LibavConstants.AV_PIX_FMT_YUVJ420P &&
        Stride(0) > 0 && Stride(1) > 0 && Stride(2) > 0;

    /// <summary>Whether the pixels lie on a card: then <see cref="Address"/> and <see cref="Stride"/> say where, and no plane can be read.</summary>
    public bool IsOnCard => Format == LibavConstants.AV_PIX_FMT_CUDA;

    /// <summary>libav's number of the format of pixels on a card, such as NV12.</summary>
    public int CardFormat => *(int*)(*(nint*)(Read<nint>(AVFrame_hw_frames_ctx) + AVBufferRef_data) + AVHWFramesContext_sw_format);

    /// <summary>Whether columns at the left or rows at the top are not to be shown; of pixels that are not on a card libav has cut them off.</summary>
    public bool HasMargin => Read<nint>(AVFrame_crop_left) != 0 || Read<nint>(AVFrame_crop_top) != 0;

    /// <summary>Where a plane begins.</summary>
    public nint Address(int plane) => Read<nint>(AVFrame_data + sizeof(nint) * plane);

    /// <summary>Bytes from one row of a plane to the next.</summary>
    public int Stride(int plane) => Read<int>(AVFrame_linesize + 4 * plane);

    /// <summary>The bytes of a plane from its first row to the last byte of its last row.</summary>
    /// <param name="plane">0 to 7.</param>
    /// <param name="rowBytes">Bytes that count in each row.</param>
    /// <param name="rows">Rows of the plane.</param>
    public ReadOnlySpan<byte> Plane(int plane, int rowBytes, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)plane, 7u, nameof(plane));
        var data = Address(plane);
        return data == 0 || IsOnCard ? [] : new((void*)data, Stride(plane) * (rows - 1) + rowBytes);
    }

    /// <summary>The same, to be written: the picture is one of <see cref="Allocate"/>.</summary>
    public Span<byte> PlaneToWrite(int plane, int rowBytes, int rows)
    {
        var bytes = Plane(plane, rowBytes, rows);
        return MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(bytes), bytes.Length);
    }

    /// <summary>Lets the holder stand for a picture of its own, of undefined contents; memory of the same size is used again.</summary>
    public void Allocate(int format, int width, int height)
    {
        if ((Format, Width, Height) == (format, width, height) && Read<nint>(AVFrame_buf) != 0)
            return;
        Clear();
        Write(AVFrame_format, format);
        Write(AVFrame_width, width);
        Write(AVFrame_height, height);
        AvUtil.av_frame_get_buffer(Handle, 0).Ok("av_frame_get_buffer");
    }

    /// <summary>Copies the pixels of a card's picture into this one, in the card's format.</summary>
    /// <exception cref="LibavException">The card has failed.</exception>
    public void Download(Frame card)
    {
        ArgumentNullException.ThrowIfNull(card);
        Allocate(card.CardFormat, card.Width, card.Height);
        LibavLog.Clear();
        var code = AvUtil.av_hwframe_transfer_data(Handle, card.Handle, 0);
        // libavutil 57 says that all went well when the card has refused, and only logs it.
        if (code < 0 || LibavLog.FirstError.Length > 0)
            throw new LibavException(code, $"av_hwframe_transfer_data: {LibavError.TextAndFirst(Math.Min(code, LibavConstants.AVERROR_INVALIDDATA))}");
    }

    /// <summary>Lets the holder stand for a picture in memory that is not libav's. Whoever owns that keeps it until <see cref="Clear"/>.</summary>
    /// <param name="at">The first byte of the picture.</param>
    /// <param name="colorRange">As tagged (<c>AVColorRange</c>).</param>
    /// <param name="colorSpace">As tagged (<c>AVColorSpace</c>).</param>
    public void Borrow(PictureLayout layout, nint at, int colorRange, int colorSpace)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ObjectDisposedException.ThrowIf(Handle.IsClosed, this);
        Clear();
        var frame = Handle.DangerousGetHandle();
        layout.Place(at, (byte**)(frame + AVFrame_data), (int*)(frame + AVFrame_linesize));
        *(int*)(frame + AVFrame_width) = layout.Width;
        *(int*)(frame + AVFrame_height) = layout.Height;
        *(int*)(frame + AVFrame_format) = layout.Format;
        *(int*)(frame + AVFrame_color_range) = colorRange;
        *(int*)(frame + AVFrame_colorspace) = colorSpace;
        GC.KeepAlive(Handle);
    }

    /// <summary>Makes this hold the same picture as another holder.</summary>
    public void Share(Frame source)
    {
        ArgumentNullException.ThrowIfNull(source);
        AvUtil.av_frame_ref(Handle, source.Handle).Ok("av_frame_ref");
    }

    /// <summary>The same, as a picture of its own: with its own time, and cut to a smaller size at the right and bottom.</summary>
    internal void Share(Frame source, long pts, int width, int height)
    {
        Share(source);
        Describe(pts, width, height);
    }

    /// <summary>Takes over how the colours of another picture are meant, as tagged.</summary>
    public void Tag(Frame source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Write(AVFrame_color_range, source.ColorRange);
        Write(AVFrame_colorspace, source.ColorSpace);
    }

    /// <summary>Sets what an encoder asks for; whether the source's encoder made it a key picture is none of the next one's business.</summary>
    internal void Describe(long pts, int width, int height)
    {
        Write(AVFrame_pts, pts);
        Write(AVFrame_pict_type, LibavConstants.AV_PICTURE_TYPE_NONE);
        Write(AVFrame_width, width);
        Write(AVFrame_height, height);
    }

    /// <summary>Lets the pixels go; the holder stays usable.</summary>
    public void Clear() => AvUtil.av_frame_unref(Handle);

    public void Dispose() => Handle.Dispose();

    /// <summary>The name libav gives a pixel format, e.g. <c>yuv420p</c>.</summary>
    public static string NameOf(int format) => FormatNames.GetOrAdd(format,
        static number => Marshal.PtrToStringUTF8(AvUtil.av_get_pix_fmt_name(number)) ?? $"format {number}");

    /// <summary>Bytes that libav takes for one picture with its padding, at most; null when no picture can be so large.</summary>
    /// <param name="format">Pixel format; -1, not known, counts as 8-bit 4:2:0, as most are.</param>
    public static long? BytesOf(int format, int width, int height)
    {
        Libav.Require();
        // Rows and planes are padded for vector code, and some codecs want two lines more.
        static int Padded(int length) => (length + 2 + 63) & ~63;
        return (uint)width > MaxSide || (uint)height > MaxSide ? null
            : AvUtil.av_image_get_buffer_size(format < 0 ? LibavConstants.AV_PIX_FMT_YUV420P : format, Padded(width), Padded(height), 64) is >= 0 and var bytes ? bytes
            : null;
    }

    private void Write<T>(int offset, T value) where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(Handle.IsClosed, this);
        *(T*)(Handle.DangerousGetHandle() + offset) = value;
        GC.KeepAlive(Handle);
    }

    private T Read<T>(int offset) where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(Handle.IsClosed, this);
        var value = *(T*)(Handle.DangerousGetHandle() + offset);
        GC.KeepAlive(Handle);
        return value;
    }
}
