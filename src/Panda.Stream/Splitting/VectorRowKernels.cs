using System.Runtime.CompilerServices;
using Panda.Stream.Vectors;

namespace Panda.Stream.Splitting;

/// <summary>The loops of <see cref="RowKernels"/>, written once for all widths.</summary>
internal sealed class RowKernels<TVectors, TShorts, TFloats> : RowKernels
    where TVectors : IVectors<TShorts, TFloats>
    where TShorts : struct
    where TFloats : struct
{
    // Without it the first frames of every run would go through code that makes a call of each addition.
    private const MethodImplOptions AtOnce = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(AtOnce)]
    public override void ReadSingles(in YuvTaps taps, YuvMatrix matrix, BgrRow into)
    {
        var m = new Matrix(matrix);
        ReadOnlySpan<byte> ys = taps.Y, us = taps.U, vs = taps.V;
        Span<short> blues = into.Blue, greens = into.Green, reds = into.Red;
        for (var x = 0; x < blues.Length; x += TVectors.Count)
        {
            var y = Luma(TVectors.LoadBytes(ys[x..]), m);
            Chroma(TVectors.LoadBytes(us[x..]), TVectors.LoadBytes(vs[x..]), m, out var b, out var g, out var r);
            TVectors.Store(TVectors.ShiftLeft(Clamp(TVectors.Add(y, b)), 7), blues[x..]);
            TVectors.Store(TVectors.ShiftLeft(Clamp(TVectors.Add(y, g)), 7), greens[x..]);
            TVectors.Store(TVectors.ShiftLeft(Clamp(TVectors.Add(y, r)), 7), reds[x..]);
        }
    }

    [MethodImpl(AtOnce)]
    public override void ReadHalves(in YuvTaps taps, YuvMatrix matrix, BgrRow into)
    {
        var m = new Matrix(matrix);
        ReadOnlySpan<byte> ys = taps.Y, us = taps.U, vs = taps.V;
        Span<short> blues = into.Blue, greens = into.Green, reds = into.Red;
        for (var x = 0; x < blues.Length; x += TVectors.Count)
        {
            var pair = TVectors.LoadPairs(ys[(2 * x)..]);
            var (y1, y2) = (Luma(First(pair), m), Luma(Second(pair), m));
            Chroma(TVectors.LoadBytes(us[x..]), TVectors.LoadBytes(vs[x..]), m, out var b, out var g, out var r);
            TVectors.Store(Mean(TVectors.Add(y1, b), TVectors.Add(y2, b)), blues[x..]);
            TVectors.Store(Mean(TVectors.Add(y1, g), TVectors.Add(y2, g)), greens[x..]);
            TVectors.Store(Mean(TVectors.Add(y1, r), TVectors.Add(y2, r)), reds[x..]);
        }
    }

    [MethodImpl(AtOnce)]
    public override void ReadPairs(in YuvTaps taps, YuvMatrix matrix, PairWeights weights, BgrRow into)
    {
        var m = new Matrix(matrix);
        ReadOnlySpan<byte> ys = taps.Y, us = taps.U, vs = taps.V;
        ReadOnlySpan<short> evens = weights.Even, odds = weights.Odd;
        Span<short> blues = into.Blue, greens = into.Green, reds = into.Red;
        for (var x = 0; x < blues.Length; x += TVectors.Count)
        {
            var (y, u, v) = (TVectors.LoadPairs(ys[(2 * x)..]), TVectors.LoadPairs(us[(2 * x)..]), TVectors.LoadPairs(vs[(2 * x)..]));
            var (y1, y2) = (Luma(First(y), m), Luma(Second(y), m));
            Chroma(First(u), First(v), m, out var b1, out var g1, out var r1);
            Chroma(Second(u), Second(v), m, out var b2, out var g2, out var r2);
            var (even, odd) = (TVectors.Load(evens[x..]), TVectors.Load(odds[x..]));
            TVectors.Store(Blend(TVectors.Add(y1, b1), TVectors.Add(y2, b2), even, odd), blues[x..]);
            TVectors.Store(Blend(TVectors.Add(y1, g1), TVectors.Add(y2, g2), even, odd), greens[x..]);
            TVectors.Store(Blend(TVectors.Add(y1, r1), TVectors.Add(y2, r2), even, odd), reds[x..]);
        }
    }

    [MethodImpl(AtOnce)]
    public override HsvDistance Compare(BgrRow top, BgrRow bottom, int topWeight, int bottomWeight, HsvRow previous)
    {
        var (first, second) = (TVectors.All((short)topWeight), TVectors.All((short)bottomWeight));
        var low = TVectors.All(0xFF);
        ReadOnlySpan<short> blue1 = top.Blue, green1 = top.Green, red1 = top.Red;
        ReadOnlySpan<short> blue2 = bottom.Blue, green2 = bottom.Green, red2 = bottom.Red;
        var (hueSum, saturationSum, valueSum) = (default(TShorts), default(TShorts), default(TShorts));
        for (var x = 0; x < blue1.Length; x += TVectors.Count)
        {
            var b = BlendRows(TVectors.Load(blue1[x..]), TVectors.Load(blue2[x..]), first, second);
            var g = BlendRows(TVectors.Load(green1[x..]), TVectors.Load(green2[x..]), first, second);
            var r = BlendRows(TVectors.Load(red1[x..]), TVectors.Load(red2[x..]), first, second);
            ToHsv(b, g, r, out var hue, out var saturation, out var value);
            var both = TVectors.Or(value, TVectors.ShiftLeft(saturation, 8));

            var hues = previous.Hue[x..];
            var others = previous.ValueAndSaturation[x..];
            var inside = TVectors.Load(previous.Inside[x..]);
            var distance = TVectors.And(TVectors.ByteDistance(both, TVectors.Load(others)), inside);
            hueSum = TVectors.Add(hueSum, TVectors.And(TVectors.ByteDistance(hue, TVectors.Load(hues)), inside));
            saturationSum = TVectors.Add(saturationSum, TVectors.ShiftRightUnsigned(distance, 8));
            valueSum = TVectors.Add(valueSum, TVectors.And(distance, low));
            TVectors.Store(hue, hues);
            TVectors.Store(both, others);
        }
        return new(TVectors.Sum(hueSum), TVectors.Sum(saturationSum), TVectors.Sum(valueSum));
    }

    [MethodImpl(AtOnce)]
    public override void ToChannels(BgrRow top, BgrRow bottom, int topWeight, int bottomWeight, ChannelRow into)
    {
        var (first, second) = (TVectors.All((short)topWeight), TVectors.All((short)bottomWeight));
        ReadOnlySpan<short> blue1 = top.Blue, green1 = top.Green, red1 = top.Red;
        ReadOnlySpan<short> blue2 = bottom.Blue, green2 = bottom.Green, red2 = bottom.Red;
        Span<short> valueAndSaturation = into.ValueAndSaturation, hueAndLuma = into.HueAndLuma;
        for (var x = 0; x < blue1.Length; x += TVectors.Count)
        {
            var b = BlendRows(TVectors.Load(blue1[x..]), TVectors.Load(blue2[x..]), first, second);
            var g = BlendRows(TVectors.Load(green1[x..]), TVectors.Load(green2[x..]), first, second);
            var r = BlendRows(TVectors.Load(red1[x..]), TVectors.Load(red2[x..]), first, second);
            ToHsv(b, g, r, out var hue, out var saturation, out var value);
            TVectors.Store(TVectors.Or(value, TVectors.ShiftLeft(saturation, 8)), valueAndSaturation[x..]);
            TVectors.Store(TVectors.Or(hue, TVectors.ShiftLeft(ToLuma(b, g, r), 8)), hueAndLuma[x..]);
        }
    }

    // --- YUV to BGR ---

    [MethodImpl(Inline)]
    private static TShorts Luma(TShorts y, in Matrix m) =>
        TVectors.MultiplyHigh(TVectors.ShiftLeft(TVectors.Subtract(y, m.Black), 3), m.Scale);

    /// <summary>What chroma adds to luma in each channel.</summary>
    [MethodImpl(Inline)]
    private static void Chroma(TShorts u, TShorts v, in Matrix m, out TShorts blue, out TShorts green, out TShorts red)
    {
        var middle = TVectors.All(128);
        u = TVectors.ShiftLeft(TVectors.Subtract(u, middle), 3);
        v = TVectors.ShiftLeft(TVectors.Subtract(v, middle), 3);
        blue = TVectors.MultiplyHigh(u, m.BlueFromU);
        green = TVectors.Add(TVectors.MultiplyHigh(u, m.GreenFromU), TVectors.MultiplyHigh(v, m.GreenFromV));
        red = TVectors.MultiplyHigh(v, m.RedFromV);
    }

    [MethodImpl(Inline)]
    private static TShorts Clamp(TShorts value) => TVectors.Min(TVectors.Max(value, default), TVectors.All(255));

    /// <summary>A matrix with each number in all lanes.</summary>
    private readonly struct Matrix(YuvMatrix matrix)
    {
        public readonly TShorts Black = TVectors.All(matrix.Black), Scale = TVectors.All(matrix.Scale), RedFromV = TVectors.All(matrix.RedFromV),
            GreenFromU = TVectors.All(matrix.GreenFromU), GreenFromV = TVectors.All(matrix.GreenFromV), BlueFromU = TVectors.All(matrix.BlueFromU);
    }

    // --- Resizing ---

    [MethodImpl(Inline)]
    private static TShorts First(TShorts pair) => TVectors.And(pair, TVectors.All(0xFF));

    [MethodImpl(Inline)]
    private static TShorts Second(TShorts pair) => TVectors.ShiftRightUnsigned(pair, 8);

    /// <summary>Two neighbours of a row, not clamped yet, by weights of 1024 each: to 128ths.</summary>
    [MethodImpl(Inline)]
    private static TShorts Mean(TShorts first, TShorts second) =>
        TVectors.ShiftLeft(TVectors.Add(Clamp(first), Clamp(second)), 6);

    /// <summary>Two neighbours of a row, not clamped yet, by any weights: to 128ths.</summary>
    [MethodImpl(Inline)]
    private static TShorts Blend(TShorts first, TShorts second, TShorts evenWeights, TShorts oddWeights)
    {
        (first, second) = (Clamp(first), Clamp(second));
        // Even and odd pixels apart, so that the two neighbours of a pixel stand in the two halves of a lane of 32 bits.
        var even = TVectors.Or(TVectors.ShiftPairsRightUnsigned(TVectors.ShiftPairsLeft(first, 16), 16), TVectors.ShiftPairsLeft(second, 16));
        var odd = TVectors.Or(TVectors.ShiftPairsRightUnsigned(first, 16), TVectors.ShiftPairsLeft(TVectors.ShiftPairsRightUnsigned(second, 16), 16));
        return TVectors.Or(
            TVectors.ShiftPairsRightUnsigned(TVectors.MultiplyAddPairs(even, evenWeights), 4),
            TVectors.ShiftPairsLeft(TVectors.ShiftPairsRightUnsigned(TVectors.MultiplyAddPairs(odd, oddWeights), 4), 16));
    }

    /// <summary>Two rows in 128ths to bytes.</summary>
    [MethodImpl(Inline)]
    private static TShorts BlendRows(TShorts top, TShorts bottom, TShorts topWeight, TShorts bottomWeight)
    {
        var sum = TVectors.Add(TVectors.MultiplyHigh(top, topWeight), TVectors.MultiplyHigh(bottom, bottomWeight));
        return TVectors.ShiftRight(TVectors.Add(sum, TVectors.All(2)), 2);
    }

    // --- BGR to HSV and luma ---

    [MethodImpl(Inline)]
    private static void ToHsv(TShorts b, TShorts g, TShorts r, out TShorts hue, out TShorts saturation, out TShorts value)
    {
        value = TVectors.Max(b, TVectors.Max(g, r));
        var range = TVectors.Subtract(value, TVectors.Min(b, TVectors.Min(g, r)));
        var twice = TVectors.Add(range, range);
        var turn = TVectors.Select(TVectors.Equal(value, r), TVectors.Subtract(g, b),
            TVectors.Select(TVectors.Equal(value, g),
                TVectors.Add(TVectors.Subtract(b, r), twice),
                TVectors.Add(TVectors.Subtract(r, g), TVectors.Add(twice, twice))));

        // Where value or range is 0 so are the products with what stands in for them.
        var one = TVectors.All(1);
        var (valueDivisor, rangeDivisor) = (TVectors.Max(value, one), TVectors.Max(range, one));
        Scale(TVectors.LowerFloats(valueDivisor), TVectors.LowerFloats(rangeDivisor), TVectors.LowerFloats(range), TVectors.LowerFloats(turn), out var s1, out var h1);
        Scale(TVectors.UpperFloats(valueDivisor), TVectors.UpperFloats(rangeDivisor), TVectors.UpperFloats(range), TVectors.UpperFloats(turn), out var s2, out var h2);
        saturation = TVectors.ShiftRightToShorts(s1, s2, 12);
        hue = TVectors.ShiftRightToShorts(h1, h2, 12);
        // All ones where negative.
        hue = TVectors.Add(hue, TVectors.And(TVectors.ShiftRight(hue, 15), TVectors.All(180)));
    }

    /// <summary>
    /// range * round(255 * 4096 / value) and turn * round(180 * 4096 / (6 * range)), plus the half that rounds the shift which follows.
    /// </summary>
    /// <remarks>
    /// OpenCV looks the two quotients up. Here one division serves both: their roundings err by less than the distance of any of them
    /// from a half, and all else is whole numbers below 2^24, so the floats are exact. A test goes through every value and range.
    /// </remarks>
    [MethodImpl(Inline)]
    private static void Scale(TFloats value, TFloats rangeDivisor, TFloats range, TFloats turn, out TFloats saturation, out TFloats hue)
    {
        var inverse = TVectors.Divide(TVectors.AllFloats(1), TVectors.Multiply(value, rangeDivisor));
        var perValue = TVectors.Round(TVectors.Multiply(TVectors.Multiply(rangeDivisor, TVectors.AllFloats(255 << 12)), inverse));
        var perRange = TVectors.Round(TVectors.Multiply(TVectors.Multiply(value, TVectors.AllFloats((180 << 12) / 6)), inverse));
        var half = TVectors.AllFloats(1 << 11);
        saturation = TVectors.Add(TVectors.Multiply(range, perValue), half);
        hue = TVectors.Add(TVectors.Multiply(turn, perRange), half);
    }

    /// <summary>OpenCV's, (4899 R + 9617 G + 1868 B) / 2^14, rounded; all whole numbers below 2^24, so the floats are exact.</summary>
    [MethodImpl(Inline)]
    private static TShorts ToLuma(TShorts b, TShorts g, TShorts r) => TVectors.ShiftRightToShorts(
        LumaSum(TVectors.LowerFloats(b), TVectors.LowerFloats(g), TVectors.LowerFloats(r)),
        LumaSum(TVectors.UpperFloats(b), TVectors.UpperFloats(g), TVectors.UpperFloats(r)), 14);

    [MethodImpl(Inline)]
    private static TFloats LumaSum(TFloats b, TFloats g, TFloats r) => TVectors.Add(
        TVectors.Add(TVectors.Multiply(r, TVectors.AllFloats(4899)), TVectors.Multiply(g, TVectors.AllFloats(9617))),
        TVectors.Add(TVectors.Multiply(b, TVectors.AllFloats(1868)), TVectors.AllFloats(1 << 13)));
}
