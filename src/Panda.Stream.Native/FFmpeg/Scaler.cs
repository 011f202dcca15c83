using static Panda.Stream.Native.FFmpeg.LibavConstants;

namespace Panda.Stream.Native.FFmpeg;

/// <summary>One conversion of pictures: from a size and pixel format to another. Made anew when anything of it changes.</summary>
/// <param name="Format">Pixel format of the source (<c>AVPixelFormat</c>).</param>
/// <param name="ToFormat">Packed 24-bit format of the result: RGB24 or BGR24.</param>
/// <param name="Flags">swscale's choice of filter.</param>
/// <param name="Colors">How the source's colours are meant; null takes swscale's defaults (BT.601, range by format), whatever the tags say.</param>
public readonly record struct Scaling(int Width, int Height, int Format, int ToWidth, int ToHeight, int ToFormat, int Flags, SourceColors? Colors);

/// <summary>Matrix coefficients (<c>AVColorSpace</c>) and range of a source.</summary>
public readonly record struct SourceColors(int ColorSpace, bool FullRange);

/// <summary>How chroma enters red, green and blue, for limited range, in 65536ths.</summary>
public readonly record struct ColorCoefficients(int RedFromV, int BlueFromU, int GreenFromU, int GreenFromV);

/// <summary>A swscale context: converts and resizes decoded pictures. For one thread at a time.</summary>
public sealed unsafe class Scaler : IDisposable
{
    private const int NeutralContrast = 1 << 16;

    private readonly SwsContextHandle _context;

    /// <exception cref="LibavException">swscale cannot do this conversion.</exception>
    public Scaler(Scaling scaling)
    {
        Libav.Require();
        Scaling = scaling;
        LibavLog.Clear();
        _context = SwScale.sws_isSupportedInput(scaling.Format) == 0
            ? throw new LibavException(AVERROR_INVALIDDATA, $"swscale does not read the pixel format {Frame.NameOf(scaling.Format)}")
            : SwScale.sws_getContext(
                scaling.Width, scaling.Height, scaling.Format, scaling.ToWidth, scaling.ToHeight, scaling.ToFormat, scaling.Flags, 0, 0, 0);
        if (_context.IsInvalid)
            throw new LibavException(AVERROR_INVALIDDATA,
                $"swscale cannot make {scaling.ToWidth}x{scaling.ToHeight} of {scaling.Width}x{scaling.Height} {Frame.NameOf(scaling.Format)}: {LibavLog.LastError}");
        if (scaling.Colors is { } colors)
        {
            var table = SwScale.sws_getCoefficients(colors.ColorSpace);
            // Refused for sources that have no matrix, such as RGB and gray, which need none.
            SwScale.sws_setColorspaceDetails(_context, table, colors.FullRange ? 1 : 0, table, 1, 0, NeutralContrast, NeutralContrast);
        }
    }

    public Scaling Scaling { get; }

    /// <summary>swscale's coefficients of an <c>AVColorSpace</c>; those of BT.601 where it knows none.</summary>
    public static ColorCoefficients CoefficientsOf(int colorSpace)
    {
        Libav.Require();
        return *(ColorCoefficients*)SwScale.sws_getCoefficients(colorSpace);
    }

    /// <summary>Converts one picture into rows of 3 * ToWidth bytes, <paramref name="stride"/> bytes apart.</summary>
    /// <param name="destination">At least stride * ToHeight bytes; swscale may write up to the whole stride of each row.</param>
    public void Convert(Frame frame, Span<byte> destination, int stride)
    {
        if (frame.Width != Scaling.Width || frame.Height != Scaling.Height || frame.Format != Scaling.Format)
            throw new ArgumentException(
                $"found a picture of {frame.Width}x{frame.Height} {frame.FormatName}, expected {Scaling.Width}x{Scaling.Height} {Frame.NameOf(Scaling.Format)}.", nameof(frame));
        if (stride < 3 * Scaling.ToWidth || destination.Length < (long)stride * Scaling.ToHeight)
            throw new ArgumentException(
                $"found {destination.Length} bytes with stride {stride}, expected {stride} * {Scaling.ToHeight} and a stride of {3 * Scaling.ToWidth} or more.", nameof(destination));
        fixed (byte* start = destination)
        {
            var from = frame.Handle.DangerousGetHandle();
            var planes = stackalloc byte*[4] { start, null, null, null };
            var strides = stackalloc int[4] { stride, 0, 0, 0 };
            SwScale.sws_scale(_context, (byte**)(from + LibavLayout.AVFrame_data), (int*)(from + LibavLayout.AVFrame_linesize),
                0, Scaling.Height, planes, strides).Ok("sws_scale");
            GC.KeepAlive(frame);
        }
    }

    public void Dispose() => _context.Dispose();
}
