using Panda.Stream.Kernels;
using Panda.Stream.Splitting;

namespace Panda.Stream.Tests.Kernels;

public class EmbeddingDistancesTests
{
    private const double RelativeError = 1e-12;

    [Theory]
    [InlineData(1024, 40, 16)]
    [InlineData(1024, 21, 4)] // as wide, but at an address that takes no vector loads
    [InlineData(383, 35, 4)]
    [InlineData(1, 3, 4)]
    public void Distances_and_means_are_those_of_the_engine(int width, int count, int alignment)
    {
        var random = new Random(width);
        using var memory = new KernelMemory(random, backwards: count % 2 == 1);
        float[][] vectors = [.. Enumerable.Range(0, count).Select(_ => Unit(random, width))];
        vectors[^1] = vectors[0];
        var embeddings = memory.Put(vectors.SelectMany(vector => vector).ToArray(), alignment);

        var pairs = Enumerable.Range(0, count).Select(i => (First: i, Second: (i + 1) % count)).ToArray();
        var distances = memory.Room(pairs.Length, double.NaN);
        memory.Launch(new EmbeddingPairsArguments(embeddings, memory.Put(pairs, 4), distances, width, pairs.Length));
        AssertNear(pairs.Select(pair => Distance.Between(vectors[pair.First], vectors[pair.Second])), KernelMemory.Read<double>(distances, pairs.Length));

        var ranges = Enumerable.Range(0, count).Select(i => (First: i, End: Math.Min(count, i + 1 + i % 4))).ToArray();
        var means = memory.Room(ranges.Length * width, float.NaN);
        memory.Launch(new EmbeddingMeansArguments(embeddings, memory.Put(ranges, 4), means, width, ranges.Length));
        var expectedMeans = ranges.Select(range => Enumerable.Range(0, width)
            .Select(i => (float)(vectors[range.First..range.End].Sum(vector => (double)vector[i]) / (range.End - range.First))).ToArray()).ToArray();
        Assert.Equal(expectedMeans.SelectMany(mean => mean), KernelMemory.Read<float>(means, ranges.Length * width));

        var matrix = memory.Room(ranges.Length * count, double.NaN);
        memory.Launch(new EmbeddingMatrixArguments(means, embeddings, matrix, width, ranges.Length, count));
        AssertNear(expectedMeans.SelectMany(mean => vectors.Select(vector => Distance.Between(mean, vector))), KernelMemory.Read<double>(matrix, ranges.Length * count));
    }

    private static void AssertNear(IEnumerable<double> expected, double[] found) =>
        Assert.All(expected.Zip(found), pair => Assert.InRange(pair.Second, pair.First * (1 - RelativeError), pair.First * (1 + RelativeError)));

    private static float[] Unit(Random random, int width)
    {
        double[] values = [.. Enumerable.Range(0, width).Select(_ => random.NextDouble() - 0.5)];
        var length = Math.Sqrt(values.Sum(value => value * value));
        return [.. values.Select(value => (float)(value / length))];
    }
}
