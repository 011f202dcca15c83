using Panda.Stream.Kernels;
using Panda.Stream.Splitting;

namespace Panda.Stream.Tests.Kernels;

public class ContentScoreTests
{
    [Theory]
    [InlineData(1, 1, 0, Downscale.Width256)]
    [InlineData(7, 5, 90, Downscale.Width256)]
    [InlineData(255, 8, 180, Downscale.Longest256)]
    [InlineData(512, 66, 0, Downscale.Width256)]    // exactly half
    [InlineData(511, 67, 270, Downscale.Longest256)]
    [InlineData(640, 360, 0, Downscale.Longest256)]
    [InlineData(771, 40, 180, Downscale.Width256)]
    [InlineData(60, 300, 90, Downscale.Width256)]   // upright 300 x 60
    [InlineData(301, 299, 270, Downscale.Longest256)]
    public void Sums_are_those_of_the_scorer(int width, int height, int rotation, Downscale downscale)
    {
        foreach (var (nv12, fullRange) in new[] { (true, false), (false, true) })
        {
            var random = new Random(width + height + (nv12 ? 1 : 0));
            using var memory = new KernelMemory(random, backwards: nv12);
            var frames = new TestFrames(random, width, height, 7);
            var scorer = new ContentScorer(downscale, rotation);
            var expected = Enumerable.Range(0, frames.Count).Select(i => scorer.Score(frames.Planes(i, fullRange))).ToArray();

            var (planes, lie) = frames.Put(memory, nv12, aligned: false);
            var shape = new PictureShape(width, height, lie.Stride, lie.ChromaStride, rotation, 1, lie.ChromaStep);
            var (smallWidth, smallHeight) = downscale.SmallSize(shape.UprightWidth, shape.UprightHeight);
            var tables = new SmallPictureTables(shape, smallWidth, smallHeight);
            var (columns, rows) = (memory.Put(tables.Columns), memory.Put(tables.Rows));
            var sums = memory.Room(3 * frames.Count, 0L);

            // In two batches, of which the first is cut into chunks: what goes from chunk to chunk and from batch to batch must be right.
            nint previous = 0;
            foreach (var (start, end, chunk) in new[] { (0, 5, 2), (5, 7, 16) })
            {
                var last = memory.Room(smallWidth * smallHeight, ~0u);
                memory.Launch(new ContentScoreArguments(
                    tables.Arguments(memory.Put(planes[start..end], 8), columns, rows, fullRange), previous, last, sums + 24 * start, end - start, chunk));
                previous = last;
            }
            Assert.Equal(expected.SelectMany(score => new[] { score.SumHue, score.SumSat, score.SumLum }), KernelMemory.Read<long>(sums, 3 * frames.Count));
        }
    }
}
