using Panda.Stream.Videos;

namespace Panda.Stream.Splitting;

/// <summary>Turns source pixels into rows of the small picture in BGR, reading only the 2x2 source pixels that each of its pixels is made of.</summary>
/// <remarks>Holds the places and weights for one shape of source; made anew when the shape changes.</remarks>
internal sealed class SmallPicture
{
    private enum Reduction { None, Half, Bilinear }

    private readonly Reduction _reduction;
    private readonly ResizeTaps _columns, _rows;
    private readonly int[] _luma, _chroma;
    private readonly SourceRow _top, _bottom;

    public SmallPicture(PictureShape shape, int width, int height)
    {
        Shape = shape;
        Width = width;
        Height = height;
        var (sourceWidth, sourceHeight) = (shape.UprightWidth, shape.UprightHeight);
        _reduction = (width, height) == (sourceWidth, sourceHeight) ? Reduction.None
            : (2 * width, 2 * height) == (sourceWidth, sourceHeight) ? Reduction.Half
            : Reduction.Bilinear;
        _columns = ResizeTaps.OfColumns(sourceWidth, width);
        _rows = ResizeTaps.OfRows(sourceHeight, height);

        // All first pixels, then all second ones: plain loops over each half follow, without strides.
        int[] read = _reduction == Reduction.None ? _columns.First : [.. _columns.First, .. _columns.Second];
        _luma = [.. read.Select(x => shape.ColumnOffset(x).Luma)];
        _chroma = [.. read.Select(x => shape.ColumnOffset(x).Chroma)];
        _top = new SourceRow(read.Length);
        _bottom = new SourceRow(read.Length);
        Blue = new byte[width];
        Green = new byte[width];
        Red = new byte[width];
    }

    public PictureShape Shape { get; }
    public int Width { get; }
    public int Height { get; }

    /// <summary>The row last read.</summary>
    public byte[] Blue { get; }
    public byte[] Green { get; }
    public byte[] Red { get; }

    public void Read(in Yuv420Planes picture, int row)
    {
        ReadSource(picture, _rows.First[row], _top);
        if (_reduction != Reduction.None)
            ReadSource(picture, _rows.Second[row], _bottom);
        Reduce(row);
    }

    public void Read(ReadOnlySpan<byte> picture, int row)
    {
        ReadSource(picture, _rows.First[row], _top);
        if (_reduction != Reduction.None)
            ReadSource(picture, _rows.Second[row], _bottom);
        Reduce(row);
    }

    private void ReadSource(in Yuv420Planes picture, int row, SourceRow into)
    {
        var (lumaStart, chromaStart) = Shape.RowOffset(row);
        var luma = picture.Y[lumaStart..];
        var blueness = picture.U[chromaStart..];
        var redness = picture.V[chromaStart..];
        // BT.601 whatever the tag says, with swscale's own integers: that is what reaches PySceneDetect.
        var (black, scale, redFromV, greenFromU, greenFromV, blueFromU) = picture.FullRangeFormat
            ? (0, 8192, 11485, -2819, -5850, 14516)
            : (16, 9539, 13075, -3209, -6660, 16525);
        var places = _luma.AsSpan();
        var chromaPlaces = _chroma.AsSpan(0, places.Length);
        var blue = into.Blue.AsSpan(0, places.Length);
        var green = into.Green.AsSpan(0, places.Length);
        var red = into.Red.AsSpan(0, places.Length);
        for (var i = 0; i < places.Length; i++)
        {
            var chromaPlace = chromaPlaces[i];
            var u = (blueness[chromaPlace] - 128) << 3;
            var v = (redness[chromaPlace] - 128) << 3;
            var y = ((luma[places[i]] - black) << 3) * scale >> 16;
            blue[i] = ToByte(y + (u * blueFromU >> 16));
            green[i] = ToByte(y + (u * greenFromU >> 16) + (v * greenFromV >> 16));
            red[i] = ToByte(y + (v * redFromV >> 16));
        }
    }

    private void ReadSource(ReadOnlySpan<byte> picture, int row, SourceRow into)
    {
        var source = picture[Shape.RowOffset(row).Luma..];
        for (var i = 0; i < _luma.Length; i++)
        {
            var pixel = source.Slice(_luma[i], 3);
            into.Blue[i] = pixel[0];
            into.Green[i] = pixel[1];
            into.Red[i] = pixel[2];
        }
    }

    private void Reduce(int row)
    {
        Reduce(row, _top.Blue, _bottom.Blue, Blue);
        Reduce(row, _top.Green, _bottom.Green, Green);
        Reduce(row, _top.Red, _bottom.Red, Red);
    }

    private void Reduce(int row, byte[] top, byte[] bottom, byte[] into)
    {
        switch (_reduction)
        {
            case Reduction.None:
                top.AsSpan().CopyTo(into);
                break;
            case Reduction.Half:
                Halve(top.AsSpan(0, Width), top.AsSpan(Width, Width), bottom.AsSpan(0, Width), bottom.AsSpan(Width, Width), into);
                break;
            default:
                Interpolate(
                    top.AsSpan(0, Width), top.AsSpan(Width, Width), bottom.AsSpan(0, Width), bottom.AsSpan(Width, Width),
                    _columns.FirstWeight, _columns.SecondWeight, _rows.FirstWeight[row], _rows.SecondWeight[row], into);
                break;
        }
    }

    /// <summary>OpenCV's own path where the source is exactly twice the target: the mean of four, rounded half up.</summary>
    private static void Halve(
        ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, Span<byte> into)
    {
        b = b[..a.Length];
        c = c[..a.Length];
        d = d[..a.Length];
        into = into[..a.Length];
        for (var x = 0; x < a.Length; x++)
            into[x] = (byte)((a[x] + b[x] + c[x] + d[x] + 2) >> 2);
    }

    private static void Interpolate(
        ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d,
        ReadOnlySpan<int> first, ReadOnlySpan<int> second, int topWeight, int bottomWeight, Span<byte> into)
    {
        b = b[..a.Length];
        c = c[..a.Length];
        d = d[..a.Length];
        first = first[..a.Length];
        second = second[..a.Length];
        into = into[..a.Length];
        for (var x = 0; x < a.Length; x++)
        {
            var top = a[x] * first[x] + b[x] * second[x];
            var bottom = c[x] * first[x] + d[x] * second[x];
            into[x] = (byte)(((topWeight * (top >> 4) >> 16) + (bottomWeight * (bottom >> 4) >> 16) + 2) >> 2);
        }
    }

    private static byte ToByte(int value) => (byte)Math.Clamp(value, 0, 255);

    /// <summary>The source pixels of one source row that are read, in BGR.</summary>
    private sealed class SourceRow(int length)
    {
        public byte[] Blue { get; } = new byte[length];
        public byte[] Green { get; } = new byte[length];
        public byte[] Red { get; } = new byte[length];
    }
}
