using Panda.Stream.Kernels;

namespace Panda.Stream.Tests.Kernels;

public class HistogramTests
{
    private const int Bins = 4 * 256;

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(97, 61, true)]
    [InlineData(400, 210, false)]
    public void Counts_and_differences_are_those_of_the_plain_formula(int width, int height, bool nv12)
    {
        var random = new Random(width);
        using var memory = new KernelMemory(random, backwards: nv12);
        var frames = new TestFrames(random, width, height, 3);
        var (planes, lie) = frames.Put(memory, nv12, aligned: false);
        var (smallWidth, smallHeight) = (width, height);
        var tables = new SmallPictureTables(new(width, height, lie.Stride, lie.ChromaStride, 0, 1, lie.ChromaStep), smallWidth, smallHeight);
        var counts = memory.Room(frames.Count * Bins, 0u);
        memory.Launch(new HistogramCountArguments(
            tables.Arguments(memory.Put(planes, 8), memory.Put(tables.Columns), memory.Put(tables.Rows), fullRange: false), counts, frames.Count));
        var expected = Enumerable.Range(0, frames.Count).Select(i => Count(frames.Rgb(i, YuvCoefficients.Bt601(false)))).ToArray();
        Assert.Equal(expected.SelectMany(frame => frame), KernelMemory.Read<uint>(counts, frames.Count * Bins));

        // With a frame before the batch, and without.
        foreach (var before in new[] { null, expected[^1] })
        {
            var differences = memory.Room(frames.Count * 8, double.NaN);
            memory.Launch(new HistogramDifferenceArguments(counts, before is null ? 0 : memory.Put(before), differences, frames.Count));
            var found = KernelMemory.Read<double>(differences, frames.Count * 8);
            for (var i = 0; i < frames.Count; i++)
                for (var channel = 0; channel < 4; channel++)
                {
                    var (correlation, chi) = Compare(i > 0 ? expected[i - 1] : before ?? expected[0], expected[i], channel);
                    Assert.Equal(correlation, found[i * 8 + 2 * channel], 1e-12);
                    Assert.Equal(chi, found[i * 8 + 2 * channel + 1], 1e-12);
                }
        }
    }

    private static uint[] Count(byte[] rgb)
    {
        var counts = new uint[Bins];
        for (var i = 0; i < rgb.Length; i += 3)
        {
            var (hue, saturation, value) = Hsv(rgb[i], rgb[i + 1], rgb[i + 2]);
            counts[hue]++;
            counts[256 + saturation]++;
            counts[512 + value]++;
            counts[768 + (int)Math.Floor((4899 * rgb[i] + 9617 * rgb[i + 1] + 1868 * rgb[i + 2]) / 16384.0 + 0.5)]++;
        }
        return counts;
    }

    // OpenCV's 8-bit HSV: divisions by table, in 4096ths.
    private static (int Hue, int Saturation, int Value) Hsv(int r, int g, int b)
    {
        var value = Math.Max(r, Math.Max(g, b));
        var range = value - Math.Min(r, Math.Min(g, b));
        var turn = value == r ? g - b : value == g ? b - r + 2 * range : r - g + 4 * range;
        var hue = (turn * Divisor(180 * 4096 / 6.0, range) + 2048) >> 12;
        return (hue < 0 ? hue + 180 : hue, (range * Divisor(255 * 4096.0, value) + 2048) >> 12, value);
    }

    private static int Divisor(double numerator, int by) => by == 0 ? 0 : (int)Math.Round(numerator / by);

    private static (double Correlation, double ChiSquare) Compare(uint[] before, uint[] now, int channel)
    {
        var bins = channel == 0 ? 180 : 256;
        double[] a = [.. before.Skip(256 * channel).Take(bins).Select(count => (double)count)];
        double[] b = [.. now.Skip(256 * channel).Take(bins).Select(count => (double)count)];
        double[] da = [.. a.Select(count => count - a.Average())], db = [.. b.Select(count => count - b.Average())];
        var spread = Math.Sqrt(da.Sum(x => x * x) * db.Sum(x => x * x));
        var correlation = spread > 1e-12 ? da.Zip(db, (x, y) => x * y).Sum() / spread : 1;
        return (correlation, a.Zip(b, (x, y) => x + y > 0 ? (x - y) * (x - y) / (x + y) : 0).Sum() / (a.Sum() + b.Sum()));
    }
}
