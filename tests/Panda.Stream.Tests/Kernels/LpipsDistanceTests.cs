using Panda.Stream.Kernels;
using Panda.Stream.Models;

namespace Panda.Stream.Tests.Kernels;

public class LpipsDistanceTests
{
    [Theory]
    [InlineData(5, new[] { 64, 192, 384 }, new[] { 121, 49, 9 })]
    [InlineData(2, new[] { 1 }, new[] { 1 })]
    [InlineData(3, new[] { 7, 33 }, new[] { 64, 31 })]
    public void Distances_are_those_of_the_engine(int frames, int[] channels, int[] places)
    {
        var random = new Random(frames);
        using var memory = new KernelMemory(random, backwards: frames % 2 == 1);
        float[][] features = [.. channels.Zip(places, (c, p) => Numbers(random, frames * c * p))];
        float[][] weights = [.. channels.Select(c => Numbers(random, c, least: 0))];
        for (var layer = 0; layer < channels.Length; layer++)
        {
            var frame = channels[layer] * places[layer];
            for (var channel = 0; channel < channels[layer]; channel++)
                features[layer][channel * places[layer]] = 0; // a place where no channel answers
            features[layer].AsSpan(0, frame).CopyTo(features[layer].AsSpan((frames - 1) * frame)); // the last is the first
        }

        var layers = new LpipsLayer[channels.Length];
        for (var (i, tile) = (0, 0); i < layers.Length; tile = layers[i++].NextTile)
        {
            var (at, frame) = (memory.Put(features[i]), sizeof(float) * channels[i] * places[i]);
            layers[i] = new(memory.Put(Enumerable.Range(0, frames).Select(number => at + number * frame).ToArray()), memory.Put(weights[i]), channels[i], places[i], tile);
        }
        var tiles = layers[^1].NextTile;
        int[] pairs = [.. Enumerable.Range(0, frames - 1).SelectMany(i => new[] { i, i + 1 }), frames - 1, 0];
        var count = pairs.Length / 2;
        var (partial, distances) = (memory.Room(count * tiles, double.NaN), memory.Room(count, double.NaN));
        memory.Launch(new LpipsTilesArguments(memory.Put(layers), memory.Put(pairs), partial, layers.Length, tiles, count));
        memory.Launch(new LpipsSumArguments(partial, distances, tiles, count));

        var found = KernelMemory.Read<double>(distances, count);
        var twin = new FeatureDistance(weights);
        FrameFeatures Frame(int frame) => new(frame,
            [.. channels.Select((c, layer) => new FeatureMap(features[layer].AsSpan(frame * c * places[layer], c * places[layer]).ToArray(), c))]);
        for (var i = 0; i < count; i++)
            Assert.Equal(twin.Between(Frame(pairs[2 * i]), Frame(pairs[2 * i + 1])), found[i], 1e-12);
        Assert.Equal(0, found[^1], 1e-12);
    }

    private static float[] Numbers(Random random, int count, double least = -1) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(least + (1 - least) * random.NextDouble()))];
}
