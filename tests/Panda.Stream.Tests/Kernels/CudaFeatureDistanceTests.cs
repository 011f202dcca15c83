using Panda.Stream.Kernels;
using Panda.Stream.Models;
using Panda.Stream.Tests.Cuda;

namespace Panda.Stream.Tests.Kernels;

public class CudaFeatureDistanceTests
{
    private static readonly int[] Channels = [64, 192, 31], Places = [49, 30, 9];
    private static readonly float[][] Weights = [.. Channels.Select((count, i) => Numbers(i, count, least: 0))];

    [Fact]
    public void Features_are_measured_where_they_lie()
    {
        using var fake = new FakeDriver();
        using (var context = CudaTests.Context(fake))
        using (var stream = context.CreateStream())
        using (var work = new CudaWork(stream))
        {
            var onCard = new CudaFeatureDistance(work, Weights);
            float[][][] values = [.. Enumerable.Range(0, 5).Select(frame => Features(frame % 4))]; // the last is the first
            FrameFeatures[] inMemory = [.. values.Select((frame, i) => new FrameFeatures(i, [.. frame.Select((layer, number) => new FeatureMap(layer, Channels[number]))]))];
            var leases = inMemory.Select(frame => onCard.Put(frame.Layers)).ToArray();
            CardFeatureMap[][] there = [.. leases.Select(frame => frame.Select((layer, i) => new CardFeatureMap(layer.Block.Pointer, Channels[i], Places[i])).ToArray())];

            var expected = new FeatureDistance(Weights).Neighbours(inMemory);
            foreach (var _ in new[] { 1, 2 })
                Assert.All(expected.Zip(onCard.Neighbours(there)), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
            Assert.Equal(0, onCard.Neighbours([there[0], there[4]])[0], 1e-12);
            Assert.True(expected[0] > 0.1);
            foreach (var lease in leases.SelectMany(frame => frame))
                lease.Dispose();
        }
        Assert.Equal(0, fake.Live);
    }

    [Fact]
    public void Features_of_other_layers_or_sizes_are_refused()
    {
        using var fake = new FakeDriver();
        using var context = CudaTests.Context(fake);
        using var stream = context.CreateStream();
        using var work = new CudaWork(stream);
        var distance = new CudaFeatureDistance(work, [[1, 2], [3]]);
        CardFeatureMap[] good = [new(0, 2, 9), new(0, 1, 4)];
        foreach (var bad in new CardFeatureMap[][] { [new(0, 2, 9)], [new(0, 2, 9), new(0, 2, 4)], [new(0, 2, 9), new(0, 1, 5)] })
            Assert.StartsWith("feature maps on the card: found 2 x 9", Assert.Throws<ArgumentException>(() => distance.Neighbours([good, bad])).Message);
    }

    private static float[][] Features(int frame) => [.. Channels.Zip(Places).Select((layer, i) => Numbers(10 * frame + i + 100, layer.First * layer.Second))];

    private static float[] Numbers(int seed, int count, double least = -1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(least + (1 - least) * random.NextDouble()))];
    }
}
