using System.Runtime.CompilerServices;
using static Panda.Stream.Native.FFmpeg.LibavLayout;

namespace Panda.Stream.Native.FFmpeg;

/// <summary>Where the planes of a picture lie in a block of memory: rows and planes begin at multiples of 64 bytes, as in libav's own pictures.</summary>
/// <param name="Format">libav's number of the pixel format.</param>
public sealed unsafe record PictureLayout(int Format, int Width, int Height)
{
    // Vector code reads whole registers, past the end of the last row at most.
    private const int Alignment = 64, Slack = 64;
    private const int MaxPlanes = 4;

    [InlineArray(MaxPlanes)]
    private struct Planes<T>
    {
        private T _first;
    }

    private Planes<int> _strides;
    private Planes<long> _offsets;

    /// <summary>Bytes of the whole picture.</summary>
    public long Bytes { get; private init; }

    /// <exception cref="LibavException">libav knows no such format, or it has no planes in memory.</exception>
    public static PictureLayout Of(int format, int width, int height)
    {
        int* strides = stackalloc int[MaxPlanes];
        AvUtil.av_image_fill_linesizes(strides, format, width).Ok("av_image_fill_linesizes");
        nint* rows = stackalloc nint[MaxPlanes];
        for (var plane = 0; plane < MaxPlanes; plane++)
            rows[plane] = strides[plane] = Aligned(strides[plane]);
        nuint* sizes = stackalloc nuint[MaxPlanes];
        AvUtil.av_image_fill_plane_sizes(sizes, format, height, rows).Ok("av_image_fill_plane_sizes");

        Planes<int> allStrides = default;
        Planes<long> offsets = default;
        var end = 0L;
        for (var plane = 0; plane < MaxPlanes; plane++)
        {
            allStrides[plane] = strides[plane];
            offsets[plane] = sizes[plane] == 0 ? -1 : end;
            end += ((long)sizes[plane] + Alignment - 1) / Alignment * Alignment;
        }
        return new PictureLayout(format, width, height) { _strides = allStrides, _offsets = offsets, Bytes = end + Slack };
    }

    /// <summary>The layout of a decoded picture's copy.</summary>
    public static PictureLayout Of(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return Of(frame.Format, frame.Width, frame.Height);
    }

    public bool Fits(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return (frame.Format, frame.Width, frame.Height) == (Format, Width, Height);
    }

    /// <summary>Copies a picture to this layout.</summary>
    /// <param name="to">The first of <see cref="Bytes"/> bytes.</param>
    public void Copy(Frame frame, nint to)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (!Fits(frame))
            throw new ArgumentException($"found a picture of {frame.Width}x{frame.Height} {frame.FormatName}, expected {Width}x{Height} {Frame.NameOf(Format)}.", nameof(frame));
        var planes = stackalloc byte*[MaxPlanes];
        var strides = stackalloc int[MaxPlanes];
        Place(to, planes, strides);
        var from = frame.Handle.DangerousGetHandle();
        AvUtil.av_image_copy(planes, strides, (byte**)(from + AVFrame_data), (int*)(from + AVFrame_linesize), Format, Width, Height);
        GC.KeepAlive(frame);
    }

    internal void Place(nint at, byte** planes, int* strides)
    {
        for (var plane = 0; plane < MaxPlanes; plane++)
        {
            planes[plane] = _offsets[plane] < 0 ? null : (byte*)at + _offsets[plane];
            strides[plane] = _strides[plane];
        }
    }

    private static int Aligned(int bytes) => checked((bytes + Alignment - 1) / Alignment * Alignment);
}
