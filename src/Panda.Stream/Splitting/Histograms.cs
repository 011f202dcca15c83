namespace Panda.Stream.Splitting;

/// <summary>The histograms of small pictures: of hue (0..179), saturation, value and luma, each in 256 bins of a value.</summary>
/// <remarks>Twin of kernels/histogram.cu: counts and sums are the same integers, and sums of floats are added in the same order.</remarks>
internal sealed class Histograms : IRowSink
{
    public const int Channels = 4, Bins = 256;

    private const int Hue = 0, Saturation = Bins, Value = 2 * Bins, Luma = 3 * Bins;
    private const int Hues = 180, Warp = 32;

    private readonly RowKernels _kernels;
    private readonly int _width;
    private readonly ChannelRow _row;

    // Neighbours are often alike: with counts of their own, odd pixels need not wait for even ones.
    private readonly uint[] _odd = new uint[Channels * Bins];
    private readonly double[] _terms = new double[Bins];

    public Histograms(int width, RowKernels kernels) => (_width, _kernels, _row) = (width, kernels, new(width));

    /// <summary>Of the rows taken, once <see cref="Complete"/> was called: 256 bins a channel, one channel after the other.</summary>
    public uint[] Counts { get; private set; } = new uint[Channels * Bins];

    /// <summary>Of the picture before.</summary>
    public uint[] Previous { get; private set; } = new uint[Channels * Bins];

    /// <summary>Begins another picture.</summary>
    public void Begin()
    {
        (Counts, Previous) = (Previous, Counts);
        Array.Clear(Counts);
        Array.Clear(_odd);
    }

    public void Take(int row, BgrRow top, BgrRow bottom, int topWeight, int bottomWeight)
    {
        _kernels.ToChannels(top, bottom, topWeight, bottomWeight, _row);
        var valueAndSaturation = _row.ValueAndSaturation.AsSpan(0, _width);
        var hueAndLuma = _row.HueAndLuma.AsSpan(0, _width);
        var (even, odd) = (Counts, _odd);
        var x = 0;
        for (; x < _width - 1; x += 2)
        {
            Count(even, valueAndSaturation[x], hueAndLuma[x]);
            Count(odd, valueAndSaturation[x + 1], hueAndLuma[x + 1]);
        }
        if (x < _width)
            Count(even, valueAndSaturation[x], hueAndLuma[x]);
    }

    /// <summary>All rows were taken.</summary>
    public void Complete()
    {
        for (var bin = 0; bin < Counts.Length; bin++)
            Counts[bin] += _odd[bin];
    }

    /// <summary>How the picture's histograms differ from those of the one before.</summary>
    public HistogramScore Compare(int frame) => new(frame, Compare(Hue, Hues), Compare(Saturation, Bins), Compare(Value, Bins), Compare(Luma, Bins));

    private static void Count(uint[] counts, short valueAndSaturation, short hueAndLuma)
    {
        counts[Hue + (hueAndLuma & 255)]++;
        counts[Saturation + (ushort)valueAndSaturation / 256]++;
        counts[Value + (valueAndSaturation & 255)]++;
        counts[Luma + (ushort)hueAndLuma / 256]++;
    }

    private HistogramDifference Compare(int channel, ulong bins)
    {
        var before = Previous.AsSpan(channel, Bins);
        var now = Counts.AsSpan(channel, Bins);
        var (sumA, sumB, aa, bb, ab) = (0UL, 0UL, 0UL, 0UL, 0UL);
        for (var bin = 0; bin < Bins; bin++)
        {
            var (a, b) = ((ulong)before[bin], (ulong)now[bin]);
            (sumA, sumB, aa, bb, ab) = (sumA + a, sumB + b, aa + a * a, bb + b * b, ab + a * b);
            var apart = (double)a - b;
            _terms[bin] = a + b > 0 ? apart * apart / (a + b) : 0;
        }
        double common = (long)(bins * ab - sumA * sumB);
        var spread = (double)(bins * aa - sumA * sumA) * (bins * bb - sumB * sumB);
        return new(spread > 0 ? common / Math.Sqrt(spread) : 1, sumA + sumB > 0 ? SumOfTerms() / (sumA + sumB) : 0);
    }

    // As a block of the kernel adds them: each warp's in halves, then warp after warp.
    private double SumOfTerms()
    {
        var sum = 0.0;
        for (var warp = 0; warp < Bins; warp += Warp)
        {
            for (var half = Warp / 2; half > 0; half /= 2)
            {
                for (var i = warp; i < warp + half; i++)
                    _terms[i] += _terms[i + half];
            }
            sum += _terms[warp];
        }
        return sum;
    }
}
