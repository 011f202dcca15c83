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
        using (var kernels = new CudaKernels(context))
        using (var staging = new CudaStaging(stream))
        using (var onCard = new CudaFeatureDistance(kernels, stream, Weights))
        {
            float[][][] values = [.. Enumerable.Range(0, 5).Select(frame => Features(frame % 4))]; // the last is the first
            FrameFeatures[] inMemory = [.. values.Select((frame, i) => new FrameFeatures(i, [.. frame.Select((layer, number) => new FeatureMap(layer, Channels[number]))]))];
            FrameFeatures[] there = [.. values.Select((frame, i) => new FrameFeatures(i, []) { OnCard = Put(staging, frame) })];
            var distance = new FeatureDistance(Weights) { OnCard = onCard };

            var expected = new FeatureDistance(Weights).Neighbours(inMemory);
            Assert.Equal(expected, distance.Neighbours(inMemory));
            foreach (var _ in new[] { 1, 2 })
                Assert.All(expected.Zip(distance.Neighbours(there)), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
            Assert.Equal(0, distance.Between(there[0], there[4]), 1e-12);
            Assert.True(distance.Between(there[0], there[1]) > 0.1);
            Array.ForEach(there, frame => frame.OnCard!.Dispose());
        }
        Assert.Equal(0, fake.Live);
    }

    [Fact]
    public void Features_of_other_layers_or_sizes_are_refused()
    {
        using var fake = new FakeDriver();
        using var context = CudaTests.Context(fake);
        using var stream = context.CreateStream();
        using var kernels = new CudaKernels(context);
        using var distance = new CudaFeatureDistance(kernels, stream, [[1, 2], [3]]);
        static CardFeatures Frame(params CardFeatureMap[] layers) => new(layers, new MemoryStream());
        var good = Frame(new(0, 2, 9), new(0, 1, 4));
        foreach (var bad in new[] { Frame(new CardFeatureMap(0, 2, 9)), Frame(new(0, 2, 9), new(0, 2, 4)), Frame(new(0, 2, 9), new(0, 1, 5)) })
            Assert.StartsWith("feature maps on the card: found 2 x 9", Assert.Throws<ArgumentException>(() => distance.Neighbours([good, bad])).Message);
    }

    private static CardFeatures Put(CudaStaging staging, float[][] layers)
    {
        var leases = Array.ConvertAll(layers, layer => staging.Put<float>(layer));
        return new([.. leases.Select((lease, i) => new CardFeatureMap(lease.Block.Pointer, Channels[i], Places[i]))], new All(leases));
    }

    private static float[][] Features(int frame) => [.. Channels.Zip(Places).Select((layer, i) => Numbers(10 * frame + i + 100, layer.First * layer.Second))];

    private static float[] Numbers(int seed, int count, double least = -1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(least + (1 - least) * random.NextDouble()))];
    }

    private sealed record All(IDisposable[] Each) : IDisposable
    {
        public void Dispose() => Array.ForEach(Each, one => one.Dispose());
    }
}
