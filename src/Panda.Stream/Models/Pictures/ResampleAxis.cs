namespace Panda.Stream.Models.Pictures;

/// <summary>
/// Which pixels of one axis make each pixel of the resized axis, and with which weights: PIL's convolution resampling for 8-bit pictures,
/// equal to it bit for bit (libImaging/Resample.c: weights in fixed point with 22 bits, rounded half away from zero).
/// </summary>
internal sealed class ResampleAxis
{
    /// <summary>Of a weight, behind the point.</summary>
    internal const int Bits = 32 - 8 - 2;

    private readonly int _taps;
    private readonly int[] _starts, _counts, _weights;

    /// <param name="from">Pixels before.</param>
    /// <param name="to">Pixels that the whole axis is scaled to.</param>
    /// <param name="offset">First of them that is wanted.</param>
    /// <param name="length">How many of them are wanted.</param>
    /// <param name="filter">The filter.</param>
    internal ResampleAxis(int from, int to, int offset, int length, PictureFilter filter)
    {
        Length = length;
        var scale = (double)from / to;
        var widening = Math.Max(scale, 1);
        var support = (filter == PictureFilter.Bilinear ? 1 : 2) * widening;
        _taps = (int)Math.Ceiling(support) * 2 + 1;
        (_starts, _counts, _weights) = (new int[length], new int[length], new int[length * _taps]);
        var shares = new double[_taps];
        for (var i = 0; i < length; i++)
        {
            var centre = (offset + i + 0.5) * scale;
            var start = Math.Max(0, (int)(centre - support + 0.5));
            var count = Math.Min(from, (int)(centre + support + 0.5)) - start;
            var total = 0.0;
            for (var k = 0; k < count; k++)
                total += shares[k] = Weight(filter, (start + k - centre + 0.5) / widening);
            for (var k = 0; k < count; k++)
            {
                var fixedPoint = (total != 0 ? shares[k] / total : shares[k]) * (1 << Bits);
                _weights[i * _taps + k] = (int)(fixedPoint < 0 ? fixedPoint - 0.5 : fixedPoint + 0.5);
            }
            (_starts[i], _counts[i]) = (start, count);
        }
    }

    /// <summary>Pixels after.</summary>
    internal int Length { get; }

    /// <summary>The first pixel before that is needed.</summary>
    internal int First => _starts[0];

    /// <summary>One past the last pixel before that is needed.</summary>
    internal int End => _starts[^1] + _counts[^1];

    /// <summary>The first pixel before that makes a pixel after.</summary>
    internal int Start(int index) => _starts[index];

    /// <summary>The weights of the pixels before, from the first on, in 2^<see cref="Bits"/>ths.</summary>
    internal ReadOnlySpan<int> Weights(int index) => _weights.AsSpan(index * _taps, _counts[index]);

    private static double Weight(PictureFilter filter, double x)
    {
        x = Math.Abs(x);
        const double a = -0.5;
        return filter == PictureFilter.Bilinear ? Math.Max(0, 1 - x)
            : x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1
            : x < 2 ? (((x - 5) * x + 8) * x - 4) * a
            : 0;
    }
}
