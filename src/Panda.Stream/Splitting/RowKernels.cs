using System.Runtime.Intrinsics;
using Panda.Stream.Vectors;

namespace Panda.Stream.Splitting;

/// <summary>
/// The inner loops of the scores, over vectors of one width. Every width gives the same integers. Rows are as long as
/// <see cref="RowLength"/> says; what stands behind a row's last pixel is worked on as well and counts for nothing.
/// </summary>
internal abstract class RowKernels
{
    // A row of small pixels fills whole vectors of every width.
    private const int Block = 32;

    public static RowKernels Fastest { get; } = Of(VectorBits.Fastest);

    /// <param name="bits">Of a vector, see <see cref="VectorBits"/>.</param>
    public static RowKernels Of(int bits) => bits switch
    {
        512 => new RowKernels<Vectors512, Vector512<short>, Vector512<float>>(),
        256 => new RowKernels<Vectors256, Vector256<short>, Vector256<float>>(),
        _ => new RowKernels<Vectors128, Vector128<short>, Vector128<float>>(),
    };

    public static int RowLength(int width) => (width + Block - 1) / Block * Block;

    /// <summary>One source pixel for each small pixel.</summary>
    public abstract void ReadSingles(in YuvTaps taps, YuvMatrix matrix, BgrRow into);

    /// <summary>Two neighbours in source for each small pixel, which share a chroma sample and weigh the same.</summary>
    public abstract void ReadHalves(in YuvTaps taps, YuvMatrix matrix, BgrRow into);

    /// <summary>Two source pixels for each small pixel, each with its own chroma and weight.</summary>
    public abstract void ReadPairs(in YuvTaps taps, YuvMatrix matrix, PairWeights weights, BgrRow into);

    /// <summary>Blends two rows, turns them to HSV, puts that in the place of the row that <paramref name="previous"/> held, and tells how far apart the two were.</summary>
    public abstract HsvDistance Compare(BgrRow top, BgrRow bottom, int topWeight, int bottomWeight, HsvRow previous);

    /// <summary>Blends two rows and turns them to the channels that histograms are counted of.</summary>
    public abstract void ToChannels(BgrRow top, BgrRow bottom, int topWeight, int bottomWeight, ChannelRow into);
}

/// <summary>Samples of one source row, side by side in the order in which the small pixels need them.</summary>
internal readonly ref struct YuvTaps
{
    public ReadOnlySpan<byte> Y { get; init; }
    public ReadOnlySpan<byte> U { get; init; }
    public ReadOnlySpan<byte> V { get; init; }
}

/// <summary>Blue, green and red of a row already made narrow, not yet blended with the row below: in 128ths, 0..32640.</summary>
internal sealed class BgrRow(int width)
{
    public short[] Blue { get; } = new short[RowKernels.RowLength(width)];
    public short[] Green { get; } = new short[RowKernels.RowLength(width)];
    public short[] Red { get; } = new short[RowKernels.RowLength(width)];
}

/// <summary>The weights of the two source pixels of each small pixel, in 2048ths: the first in the low half of an int, the second in the high one. Even and odd pixels apart.</summary>
internal sealed class PairWeights
{
    public PairWeights(ResizeTaps taps)
    {
        var length = RowKernels.RowLength(taps.Count);
        (Even, Odd) = (new short[length], new short[length]);
        for (var x = 0; x < taps.Count; x++)
        {
            var half = x % 2 == 0 ? Even : Odd;
            (half[x & ~1], half[x | 1]) = ((short)taps.FirstWeight[x], (short)taps.SecondWeight[x]);
        }
    }

    public short[] Even { get; }
    public short[] Odd { get; }
}

/// <summary>One row of the small picture in HSV. Value and saturation share a lane: the low and the high byte.</summary>
/// <param name="hue">Hue, 0..179.</param>
/// <param name="valueAndSaturation">Value, and 256 times the saturation.</param>
/// <param name="inside">All ones for a pixel of the row, zero behind its end.</param>
internal readonly ref struct HsvRow(Span<short> hue, Span<short> valueAndSaturation, ReadOnlySpan<short> inside)
{
    public readonly Span<short> Hue = hue;
    public readonly Span<short> ValueAndSaturation = valueAndSaturation;
    public readonly ReadOnlySpan<short> Inside = inside;
}

/// <summary>One row of the small picture in the channels that histograms are counted of, two of them a lane: the low and the high byte.</summary>
internal sealed class ChannelRow(int width)
{
    public short[] ValueAndSaturation { get; } = new short[RowKernels.RowLength(width)];
    public short[] HueAndLuma { get; } = new short[RowKernels.RowLength(width)];
}

/// <summary>Sums of absolute differences over some pixels.</summary>
internal readonly record struct HsvDistance(long Hue, long Saturation, long Value)
{
    public static HsvDistance operator +(HsvDistance left, HsvDistance right) =>
        new(left.Hue + right.Hue, left.Saturation + right.Saturation, left.Value + right.Value);
}
