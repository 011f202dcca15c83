using System.Numerics;
using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Vectors;

namespace Panda.Stream.Videos;

/// <summary>
/// Makes 8-bit 4:2:0 planes small and RGB in one go: each small sample is the mean of the area under it, taken plane by plane, so that
/// only the small picture is converted. Holds the weights of one size. For one thread at a time.
/// </summary>
internal sealed class AreaScaler
{
    // Small samples keep 4 bits below the byte until they are RGB.
    private const int FractionBits = 4, SumBits = AreaKernels.ColumnBits + AreaKernels.RowBits - FractionBits;

    private readonly AreaKernels _kernels;
    private readonly AreaAxis _lumaColumns, _lumaRows, _chromaColumns, _chromaRows;
    private readonly short[] _row;
    private readonly int[] _y, _u, _v;

    public AreaScaler(int fromWidth, int fromHeight, int width, int height, int? vectorBits = null)
    {
        (FromWidth, FromHeight, Width, Height) = (fromWidth, fromHeight, width, height);
        _kernels = AreaKernels.Of(vectorBits ?? VectorBits.Fastest);
        var block = Vector<int>.Count;
        _lumaColumns = new(fromWidth, width, 1 << AreaKernels.RowBits, Vectors128.Count, block);
        _lumaRows = new(fromHeight, height, 1 << AreaKernels.ColumnBits, 1);
        _chromaColumns = new((fromWidth + 1) / 2, width, 1 << AreaKernels.RowBits, Vectors128.Count, block);
        _chromaRows = new((fromHeight + 1) / 2, height, 1 << AreaKernels.ColumnBits, 1);
        _row = new short[fromWidth];
        (_y, _u, _v) = (new int[_lumaColumns.Starts.Length], new int[_lumaColumns.Starts.Length], new int[_lumaColumns.Starts.Length]);
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
        var colours = new Colours(colors);
        for (var y = 0; y < Height; y++)
        {
            Add(planes.Y, planes.StrideY, FromWidth, y, _lumaRows, _lumaColumns, _y);
            Add(planes.U, planes.StrideU, (FromWidth + 1) / 2, y, _chromaRows, _chromaColumns, _u);
            Add(planes.V, planes.StrideV, (FromWidth + 1) / 2, y, _chromaRows, _chromaColumns, _v);
            colours.Convert(_y, _u, _v);
            Pack(_y, _u, _v, rgb.Slice(3 * Width * y, 3 * Width));
        }
    }

    private void Add(ReadOnlySpan<byte> plane, int stride, int width, int y, AreaAxis rows, AreaAxis columns, int[] into)
    {
        var row = _row.AsSpan(0, width);
        _kernels.AddRows(plane[(rows.Starts[y] * stride)..], stride, rows.Weights.AsSpan(y * rows.Taps, rows.Taps), row);
        AreaKernels.AddColumns(row, columns, into);
    }

    private static void Pack(ReadOnlySpan<int> reds, ReadOnlySpan<int> greens, ReadOnlySpan<int> blues, Span<byte> rgb)
    {
        for (int i = 0, x = 0; i + 2 < rgb.Length && x < reds.Length && x < greens.Length && x < blues.Length; i += 3, x++)
        {
            rgb[i] = (byte)reds[x];
            rgb[i + 1] = (byte)greens[x];
            rgb[i + 2] = (byte)blues[x];
        }
    }

    /// <summary>From sums of weighted samples to RGB, in integers of 16 bits below the byte.</summary>
    private readonly struct Colours
    {
        private const int Shift = 16 + FractionBits;

        private readonly int _black, _fromY, _redFromV, _greenFromU, _greenFromV, _blueFromU;

        public Colours(SourceColors colors)
        {
            var of = Scaler.CoefficientsOf(colors.ColorSpace);
            (_black, _fromY) = colors.FullRange ? (0, 1 << 16) : (16 << FractionBits, (int)Math.Round(65536 * 255 / 219.0));
            (_redFromV, _greenFromU, _greenFromV, _blueFromU) = (Of(of.RedFromV), Of(of.GreenFromU), Of(of.GreenFromV), Of(of.BlueFromU));

            int Of(int coefficient) => colors.FullRange ? (int)Math.Round(coefficient * 224 / 255.0) : coefficient;
        }

        /// <summary>In place: red takes the place of luma, green of U, blue of V.</summary>
        public void Convert(Span<int> ys, Span<int> us, Span<int> vs)
        {
            var half = new Vector<int>((AreaKernels.ColumnOffset << AreaKernels.RowBits) + (1 << (SumBits - 1)));
            var middle = new Vector<int>(128 << FractionBits);
            for (var x = 0; x < ys.Length; x += Vector<int>.Count)
            {
                var y = (((new Vector<int>(ys[x..]) + half) >> SumBits) - new Vector<int>(_black)) * _fromY + new Vector<int>(1 << (Shift - 1));
                var u = ((new Vector<int>(us[x..]) + half) >> SumBits) - middle;
                var v = ((new Vector<int>(vs[x..]) + half) >> SumBits) - middle;
                ToByte(y + v * _redFromV).CopyTo(ys[x..]);
                ToByte(y - u * _greenFromU - v * _greenFromV).CopyTo(us[x..]);
                ToByte(y + u * _blueFromU).CopyTo(vs[x..]);
            }
        }

        private static Vector<int> ToByte(Vector<int> value) => Vector.Min(Vector.Max(value >> Shift, Vector<int>.Zero), new Vector<int>(255));
    }
}
