using System.Runtime.Intrinsics;
using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Vectors;

namespace Panda.Stream.Videos;

/// <summary>
/// Makes 8-bit 4:2:0 planes small and RGB in one go: each small sample is the mean of the area under it, taken plane by plane, so that
/// only the small picture is converted. Holds the weights of one size. For one thread at a time.
/// </summary>
internal sealed class AreaScaler
{
    private const int SumBits = AreaKernels.ColumnBits + AreaKernels.RowBits - AreaColours.FractionBits, Shift = 16 + AreaColours.FractionBits;

    private readonly AreaKernels _kernels;
    private readonly AreaAxis _lumaRows, _chromaRows;
    private readonly AreaColumns _lumaColumns, _chromaColumns;
    private readonly short[] _row;
    private readonly int[] _y, _u, _v;

    public AreaScaler(int fromWidth, int fromHeight, int width, int height, int? vectorBits = null)
    {
        (FromWidth, FromHeight, Width, Height) = (fromWidth, fromHeight, width, height);
        var bits = vectorBits ?? VectorBits.Fastest;
        _kernels = AreaKernels.Of(bits);
        _lumaColumns = AreaColumns.Of(fromWidth, width, bits);
        _lumaRows = new(fromHeight, height, 1 << AreaKernels.ColumnBits, 1);
        _chromaColumns = AreaColumns.Of((fromWidth + 1) / 2, width, bits);
        _chromaRows = new((fromHeight + 1) / 2, height, 1 << AreaKernels.ColumnBits, 1);
        _row = new short[fromWidth];
        (_y, _u, _v) = (new int[_lumaColumns.Count], new int[_lumaColumns.Count], new int[_lumaColumns.Count]);
    }

    public int FromWidth { get; }
    public int FromHeight { get; }
    public int Width { get; }
    public int Height { get; }

    /// <summary>Whether pictures of a size can be made so small: not where chroma would have to be enlarged, nor where the size is next to nothing.</summary>
    public static bool Suits(int fromWidth, int fromHeight, int width, int height) =>
        width >= 2 && fromWidth >= Math.Max(2 * width, 2 * AreaKernels.NarrowestRow) && fromHeight >= 2 * height;

    /// <param name="rgb">3 * Width * Height bytes.</param>
    public void Scale(in Yuv420Planes planes, SourceColors colors, Span<byte> rgb)
    {
        var colours = AreaColours.Of(colors);
        for (var y = 0; y < Height; y++)
        {
            Add(planes.Y, planes.StrideY, FromWidth, y, _lumaRows, _lumaColumns, _y);
            Add(planes.U, planes.StrideU, (FromWidth + 1) / 2, y, _chromaRows, _chromaColumns, _u);
            Add(planes.V, planes.StrideV, (FromWidth + 1) / 2, y, _chromaRows, _chromaColumns, _v);
            Convert(colours, _y, _u, _v, rgb.Slice(3 * Width * y, 3 * Width));
        }
    }

    private void Add(ReadOnlySpan<byte> plane, int stride, int width, int y, AreaAxis rows, AreaColumns columns, int[] into)
    {
        var row = _row.AsSpan(0, width);
        _kernels.AddRows(plane[(rows.Starts[y] * stride)..], stride, rows.Weights.AsSpan(y * rows.Taps, rows.Taps), row);
        columns.Add(row, into);
    }

    /// <param name="rgb">As many pixels as are wanted; of each sum there is one for each of them, and up to a multiple of 16.</param>
    private static void Convert(AreaColours colours, ReadOnlySpan<int> ys, ReadOnlySpan<int> us, ReadOnlySpan<int> vs, Span<byte> rgb)
    {
        var half = Vector512.Create((AreaKernels.ColumnOffset << AreaKernels.RowBits) + (1 << (SumBits - 1)));
        var middle = Vector512.Create(128 << AreaColours.FractionBits);
        for (var x = 0; rgb.Length > 0; x += AreaColumns.Block)
        {
            var y = (((Vector512.Create(ys[x..]) + half) >> SumBits) - Vector512.Create(colours.Black)) * colours.FromY + Vector512.Create(1 << (Shift - 1));
            var u = ((Vector512.Create(us[x..]) + half) >> SumBits) - middle;
            var v = ((Vector512.Create(vs[x..]) + half) >> SumBits) - middle;
            rgb = rgb[RgbPixels.Store(
                ToBytes(y + v * colours.RedFromV), ToBytes(y - u * colours.GreenFromU - v * colours.GreenFromV), ToBytes(y + u * colours.BlueFromU), rgb)..];
        }
    }

    private static Vector128<byte> ToBytes(Vector512<int> value)
    {
        var bytes = Vector512.Min(Vector512.Max(value >> Shift, Vector512<int>.Zero), Vector512.Create(255));
        var words = Vector256.Narrow(bytes.GetLower(), bytes.GetUpper()).AsUInt16();
        return Vector128.Narrow(words.GetLower(), words.GetUpper());
    }
}
