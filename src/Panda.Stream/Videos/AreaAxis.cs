namespace Panda.Stream.Videos;

/// <summary>Which samples of one axis lie under each sample of the shorter axis, and with which part of it: weights of a sum that is always the same.</summary>
internal sealed class AreaAxis
{
    /// <param name="total">What the weights of each sample add up to.</param>
    /// <param name="step">The taps of a sample are made a multiple of this, the last ones of weight 0 if need be.</param>
    /// <param name="block">The samples too are made a multiple of this, the last ones of no weight at all.</param>
    public AreaAxis(int from, int to, int total, int step, int block = 1)
    {
        From = from;
        var scale = (double)from / to;
        Taps = Math.Min(((int)Math.Ceiling(scale) + step) / step * step, from);
        var padded = (to + block - 1) / block * block;
        (Starts, Weights) = (new int[padded], new short[padded * Taps]);
        for (var i = 0; i < to; i++)
        {
            // The last ones begin earlier, so that all their taps lie inside.
            Starts[i] = Math.Min((int)(i * scale), from - Taps);
            var before = 0;
            for (var k = 0; k < Taps; k++)
            {
                // What is covered up to the end of each sample, rounded, so that no rounding adds up.
                var covered = (int)Math.Round(total * Math.Clamp((Starts[i] + k + 1) / scale - i, 0, 1));
                Weights[i * Taps + k] = (short)(covered - before);
                before = covered;
            }
        }
    }

    public int From { get; }
    public int Taps { get; }
    public int[] Starts { get; }
    public short[] Weights { get; }
}
