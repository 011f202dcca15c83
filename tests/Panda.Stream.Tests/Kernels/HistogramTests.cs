using Panda.Stream.Kernels;
using Panda.Stream.Splitting;

namespace Panda.Stream.Tests.Kernels;

public class HistogramTests
{
    private const int Bins = Histograms.Channels * Histograms.Bins;

    [Theory]
    [InlineData(1, 1, 0, Downscale.Width256)]
    [InlineData(97, 61, 90, Downscale.Width256)]
    [InlineData(400, 210, 180, Downscale.Longest256)]
    [InlineData(512, 66, 0, Downscale.Width256)]    // exactly half
    [InlineData(771, 40, 270, Downscale.Width256)]
    public void Counts_and_differences_are_those_of_the_scorer(int width, int height, int rotation, Downscale downscale)
    {
        foreach (var (nv12, fullRange) in new[] { (true, false), (false, true) })
        {
            var random = new Random(width + (nv12 ? 1 : 0));
            using var memory = new KernelMemory(random, backwards: nv12);
            var frames = new TestFrames(random, width, height, 5);
            var scorer = new HistogramScorer(downscale, rotation);
            var expected = new List<HistogramScore>();
            var expectedCounts = new List<uint>();
            for (var i = 0; i < frames.Count; i++)
            {
                expected.Add(scorer.Score(frames.Planes(i, fullRange)));
                expectedCounts.AddRange(scorer.Counts);
            }

            var (planes, lie) = frames.Put(memory, nv12, aligned: false);
            var shape = new PictureShape(width, height, lie.Stride, lie.ChromaStride, rotation, 1, lie.ChromaStep);
            var (smallWidth, smallHeight) = downscale.SmallSize(shape.UprightWidth, shape.UprightHeight);
            var tables = new SmallPictureTables(shape, smallWidth, smallHeight);
            var (columns, rows) = (memory.Put(tables.Columns), memory.Put(tables.Rows));
            var counts = memory.Room(frames.Count * Bins, 0u);
            var differences = memory.Room(frames.Count * 2 * Histograms.Channels, double.NaN);

            // In two batches, so that the frame before the second one comes from the first.
            foreach (var (start, end) in new[] { (0, 3), (3, 5) })
            {
                var first = counts + start * Bins * sizeof(uint);
                memory.Launch(new HistogramCountArguments(tables.Arguments(memory.Put(planes[start..end], 8), columns, rows, fullRange), first, end - start));
                memory.Launch(new HistogramDifferenceArguments(
                    first, start == 0 ? 0 : first - Bins * sizeof(uint), differences + start * 2 * Histograms.Channels * sizeof(double), end - start));
            }
            Assert.Equal(expectedCounts, KernelMemory.Read<uint>(counts, frames.Count * Bins));
            // To the last bit: what a card scores the CPU may go on with.
            Assert.Equal(
                expected.SelectMany(score => new[] { score.Hue, score.Saturation, score.Value, score.Luma }).SelectMany(channel => new[] { channel.Correlation, channel.ChiSquare }),
                KernelMemory.Read<double>(differences, frames.Count * 2 * Histograms.Channels));
        }
    }
}
