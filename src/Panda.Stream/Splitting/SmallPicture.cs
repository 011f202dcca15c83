using Panda.Stream.Videos;

namespace Panda.Stream.Splitting;

/// <summary>Takes the rows of small pictures, each as two rows that are yet to be blended.</summary>
internal interface IRowSink
{
    void Take(int row, BgrRow top, BgrRow bottom, int topWeight, int bottomWeight);
}

/// <summary>Brings pictures of one shape to the small size, reading only the 2x2 source pixels that each small pixel is made of.</summary>
internal sealed class SmallPicture
{
    /// <summary>How the small pixels of a row lie in the source row.</summary>
    private enum Columns { Singles, Halves, Pairs }

    private readonly RowKernels _kernels;
    private readonly Columns _layout;
    private readonly ResizeTaps _columns, _rows;
    private readonly PairWeights _weights;
    private readonly RowGather _luma, _chroma;  // in the order in which the small pixels need them
    private readonly byte[] _y, _u, _v;         // what they read
    private readonly BgrRow _top, _bottom;

    public SmallPicture(PictureShape shape, int width, int height, RowKernels kernels)
    {
        (Shape, Width, Height, _kernels) = (shape, width, height, kernels);
        _columns = ResizeTaps.OfColumns(shape.UprightWidth, width);
        _rows = ResizeTaps.OfRows(shape.UprightHeight, height);
        _weights = new PairWeights(_columns);
        _layout = Array.TrueForAll(_columns.SecondWeight, weight => weight == 0) ? Columns.Singles
            : shape.Rotation == 0 && shape.Width == 2 * width ? Columns.Halves
            : Columns.Pairs;

        int[] read = _layout == Columns.Singles ? _columns.First : [.. _columns.First.Zip(_columns.Second, (first, second) => new[] { first, second }).SelectMany(pair => pair)];
        _luma = new([.. read.Select(x => shape.ColumnOffset(x).Luma)]);
        _chroma = new([.. read.Select(x => shape.ColumnOffset(x).Chroma)]);
        var length = 2 * RowKernels.RowLength(width);
        (_y, _u, _v) = (new byte[length], new byte[length], new byte[length]);
        (_top, _bottom) = (new BgrRow(width), new BgrRow(width));
    }

    public PictureShape Shape { get; }
    public int Width { get; }
    public int Height { get; }

    /// <summary>Hands the small picture's rows to <paramref name="sink"/>.</summary>
    public void Read(in Yuv420Planes picture, IRowSink sink)
    {
        var matrix = YuvMatrix.Of(picture.FullRangeFormat);
        for (var row = 0; row < Height; row++)
        {
            Read(picture, matrix, _rows.First[row], _top);
            if (_rows.SecondWeight[row] != 0)
                Read(picture, matrix, _rows.Second[row], _bottom);
            Hand(row, sink);
        }
    }

    /// <inheritdoc cref="Read(in Yuv420Planes, IRowSink)"/>
    /// <param name="bgr">Packed pixels.</param>
    public void Read(ReadOnlySpan<byte> bgr, IRowSink sink)
    {
        for (var row = 0; row < Height; row++)
        {
            Read(bgr, _rows.First[row], _top);
            if (_rows.SecondWeight[row] != 0)
                Read(bgr, _rows.Second[row], _bottom);
            Hand(row, sink);
        }
    }

    private void Hand(int row, IRowSink sink) => sink.Take(row, _top, _bottom, _rows.FirstWeight[row], _rows.SecondWeight[row]);

    private void Read(in Yuv420Planes picture, YuvMatrix matrix, int row, BgrRow into)
    {
        var (lumaStart, chromaStart) = Shape.RowOffset(row);
        var luma = picture.Y[lumaStart..];
        var blueness = picture.U[chromaStart..];
        var redness = picture.V[chromaStart..];
        switch (_layout)
        {
            case Columns.Halves:
                var length = RowKernels.RowLength(Width);
                _kernels.ReadHalves(new()
                {
                    Y = WholeVectors(luma, 2 * Width, 2 * length, _y),
                    U = WholeVectors(blueness, Width, length, _u),
                    V = WholeVectors(redness, Width, length, _v),
                }, matrix, into);
                break;
            case Columns.Singles:
                _kernels.ReadSingles(Gather(luma, blueness, redness), matrix, into);
                break;
            default:
                _kernels.ReadPairs(Gather(luma, blueness, redness), matrix, _weights, into);
                break;
        }
    }

    /// <summary>A row where it lies, or a copy if the plane ends before the row's last vector does.</summary>
    private static ReadOnlySpan<byte> WholeVectors(ReadOnlySpan<byte> row, int width, int length, byte[] copy)
    {
        if (row.Length >= length)
            return row[..length];
        row[..width].CopyTo(copy);
        return copy;
    }

    private YuvTaps Gather(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> blueness, ReadOnlySpan<byte> redness)
    {
        _luma.Read(luma, _y);
        _chroma.Read(blueness, _u);
        _chroma.Read(redness, _v);
        return new() { Y = _y, U = _u, V = _v };
    }

    // Rare enough, being for the formats that swscale converts first, to go pixel by pixel.
    private void Read(ReadOnlySpan<byte> bgr, int row, BgrRow into)
    {
        var source = bgr[Shape.RowOffset(row).Luma..];
        for (var x = 0; x < Width; x++)
        {
            var first = source.Slice(Shape.ColumnOffset(_columns.First[x]).Luma, 3);
            var second = source.Slice(Shape.ColumnOffset(_columns.Second[x]).Luma, 3);
            var (firstWeight, secondWeight) = (_columns.FirstWeight[x], _columns.SecondWeight[x]);
            into.Blue[x] = (short)((first[0] * firstWeight + second[0] * secondWeight) >> 4);
            into.Green[x] = (short)((first[1] * firstWeight + second[1] * secondWeight) >> 4);
            into.Red[x] = (short)((first[2] * firstWeight + second[2] * secondWeight) >> 4);
        }
    }
}
