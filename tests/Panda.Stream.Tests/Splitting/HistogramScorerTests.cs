using Panda.Stream.Splitting;
using Panda.Stream.Tests.Kernels;
using Panda.Stream.Vectors;

namespace Panda.Stream.Tests.Splitting;

/// <summary>Histograms and their differences against the plain formula, in every width of vector.</summary>
public class HistogramScorerTests
{
    [Theory]
    [InlineData(2, 2, Downscale.Width256)]
    [InlineData(33, 4, Downscale.Width256)]     // an odd row, and fewer pixels than a vector has
    [InlineData(512, 66, Downscale.Width256)]   // exactly half
    [InlineData(640, 360, Downscale.Longest256)]
    [InlineData(771, 40, Downscale.Width256)]
    public void Counts_and_differences_are_those_of_the_plain_formula(int width, int height, Downscale downscale)
    {
        var frames = new TestFrames(new Random(width), width, height, 4);
        var (smallWidth, smallHeight) = downscale.SmallSize(width, height);
        foreach (var bits in VectorBits.All)
        {
            var scorer = new HistogramScorer(downscale, 0, RowKernels.Of(bits));
            uint[]? before = null;
            for (var i = 0; i < frames.Count; i++)
            {
                var planes = frames.Planes(i, fullRange: i % 2 == 1);
                var score = scorer.Score(planes);
                var now = Count(PlainContentScorer.Resize(PlainContentScorer.ToBgr(planes), smallWidth, smallHeight).Pixels);
                Assert.Equal(now, scorer.Counts.ToArray());
                before ??= now;
                Assert.Equal(i, score.Frame);
                foreach (var (channel, found) in new[] { score.Hue, score.Saturation, score.Value, score.Luma }.Index())
                {
                    var (correlation, chiSquare) = Compare(before, now, channel);
                    Assert.Equal(correlation, found.Correlation, 1e-12);
                    Assert.Equal(chiSquare, found.ChiSquare, 1e-12);
                }
                before = now;
            }
        }
    }

    [Fact]
    public void Luma_and_hue_are_exact_for_every_colour()
    {
        // Rows of 512 pixels through all red and green, and every third blue.
        var row = new BgrRow(512);
        var found = new ChannelRow(512);
        for (var blue = 0; blue < 256; blue += 3)
        {
            for (var red = 0; red < 256; red += 2)
            {
                for (var x = 0; x < 512; x++)
                    (row.Blue[x], row.Green[x], row.Red[x]) = ((short)(blue << 7), (short)((x & 255) << 7), (short)((red + x / 256) << 7));
                RowKernels.Fastest.ToChannels(row, row, 2048, 0, found);
                for (var x = 0; x < 512; x++)
                {
                    var pixel = (blue, x & 255, red + x / 256);
                    var expected = PlainContentScorer.ToHsv(pixel).Hue | LumaOf(pixel) << 8;
                    if (expected != (ushort)found.HueAndLuma[x])
                        Assert.Fail($"bgr {pixel}: found {(ushort)found.HueAndLuma[x]:x}, expected {expected:x}");
                }
            }
        }
    }

    [Fact]
    public void What_is_held_against_the_threshold_is_a_change()
    {
        var score = new HistogramScore(7, new(1, 0), new(0.5, 0.1), new(-1, 0.5), new(0.9, 0.3));
        Assert.Equal((7, 0.2), (new FrameScore(score, HistogramChannels.Hsv, HistogramMetric.ChiSquare).Frame, Value(HistogramChannels.Hsv, HistogramMetric.ChiSquare)));
        Assert.Equal(0.833333, Value(HistogramChannels.Hsv, HistogramMetric.Correlation));
        Assert.Equal(0.3, Value(HistogramChannels.Luma, HistogramMetric.ChiSquare));
        Assert.Equal(0.1, Value(HistogramChannels.Luma, HistogramMetric.Correlation));
        Assert.All(Enum.GetValues<HistogramMetric>(), metric => Assert.Equal(0, HistogramScore.First.HistogramVal(HistogramChannels.Hsv, metric)));

        double Value(HistogramChannels channels, HistogramMetric metric) => Math.Round(new FrameScore(score, channels, metric).Value, 6);
    }

    private static uint[] Count((int B, int G, int R)[] pixels)
    {
        var counts = new uint[4 * 256];
        foreach (var pixel in pixels)
        {
            var (hue, saturation, value) = PlainContentScorer.ToHsv(pixel);
            counts[hue]++;
            counts[256 + saturation]++;
            counts[512 + value]++;
            counts[768 + LumaOf(pixel)]++;
        }
        return counts;
    }

    private static int LumaOf((int B, int G, int R) pixel) => (int)Math.Floor((4899 * pixel.R + 9617 * pixel.G + 1868 * pixel.B) / 16384.0 + 0.5);

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
