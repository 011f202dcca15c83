using Panda.Stream.Kernels;

namespace Panda.Stream.Tests.Kernels;

public class LpipsDistanceTests
{
    [Theory]
    [InlineData(5, new[] { 64, 192, 384 }, new[] { 121, 49, 9 })]
    [InlineData(2, new[] { 1 }, new[] { 1 })]
    [InlineData(3, new[] { 7, 33 }, new[] { 64, 31 })]
    public void Distances_are_those_of_the_plain_formula(int frames, int[] channels, int[] places)
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
            layers[i] = new(memory.Put(features[i]), memory.Put(weights[i]), channels[i], places[i], tile);
        var tiles = layers[^1].NextTile;
        int[] pairs = [.. Enumerable.Range(0, frames - 1).SelectMany(i => new[] { i, i + 1 }), frames - 1, 0];
        var count = pairs.Length / 2;
        var (partial, distances) = (memory.Room(count * tiles, double.NaN), memory.Room(count, double.NaN));
        memory.Launch(new LpipsTilesArguments(memory.Put(layers), memory.Put(pairs), partial, layers.Length, tiles, count));
        memory.Launch(new LpipsSumArguments(partial, distances, tiles, count));

        var found = KernelMemory.Read<double>(distances, count);
        for (var i = 0; i < count; i++)
        {
            var expected = 0.0;
            for (var layer = 0; layer < layers.Length; layer++)
                expected += Distance(features[layer], weights[layer], places[layer], pairs[2 * i], pairs[2 * i + 1]);
            Assert.Equal(expected, found[i], 1e-12);
        }
        Assert.Equal(0, found[^1], 1e-12);
    }

    private static float[] Numbers(Random random, int count, double least = -1) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(least + (1 - least) * random.NextDouble()))];

    private static double Distance(float[] features, float[] weights, int places, int one, int other)
    {
        var sum = 0.0;
        var channels = weights.Length;
        for (var place = 0; place < places; place++)
        {
            double[] Unit(int frame)
            {
                double[] values = [.. Enumerable.Range(0, channels).Select(c => (double)features[(frame * channels + c) * places + place])];
                var length = Math.Sqrt(values.Sum(value => value * value)) + 1e-10;
                return [.. values.Select(value => value / length)];
            }
            var (a, b) = (Unit(one), Unit(other));
            for (var c = 0; c < channels; c++)
                sum += weights[c] * (a[c] - b[c]) * (a[c] - b[c]);
        }
        return sum / places;
    }
}
