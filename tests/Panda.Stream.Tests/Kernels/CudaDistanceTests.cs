using Panda.Stream.Kernels;
using Panda.Stream.Splitting;
using Panda.Stream.Tests.Cuda;

namespace Panda.Stream.Tests.Kernels;

public class CudaDistanceTests
{
    [Theory, InlineData(512), InlineData(37)]
    public void Distances_and_means_are_those_of_the_engine(int width)
    {
        var random = new Random(width);
        float[][] vectors = [.. Enumerable.Range(0, 24).Select(_ => Enumerable.Range(0, width).Select(_ => (float)random.NextDouble() - 0.5f).ToArray())];
        using var fake = new FakeDriver();
        using (var context = CudaTests.Context(fake))
        using (var stream = context.CreateStream())
        using (var work = new CudaWork(stream))
        using (var there = work.Put<float>([.. vectors.SelectMany(vector => vector)]))
        {
            var distance = new CudaDistance(work, width);
            (int One, int Other)[] pairs = [.. Enumerable.Range(0, 24).Select(i => (i, 7 * i % 24))];
            AssertNear(pairs.Select(pair => Distance.Between(vectors[pair.One], vectors[pair.Other])), distance.Between(there.Block.Pointer, pairs));

            (int First, int End)[] ranges = [(0, 6), (6, 8), (8, 9), (9, 24)];
            var means = ranges.Select(range => ClipFilter.Mean(vectors[range.First..range.End])).ToArray();
            using var meansThere = distance.Means(there.Block.Pointer, ranges);
            Assert.Equal(means.SelectMany(mean => mean), work.Read<float>(meansThere.Block, ranges.Length * width));
            AssertNear(means.SelectMany(mean => vectors.Select(vector => Distance.Between(mean, vector))), distance.All(meansThere.Block.Pointer, ranges.Length, there.Block.Pointer, vectors.Length));
        }
        Assert.Equal(0, fake.Live);
    }

    private static void AssertNear(IEnumerable<double> expected, double[] found) =>
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-12 * pair.First));
}
