using Panda.Stream.Models;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Models;

public class FeatureDistanceTests
{
    // Sizes of maps with and without a rest after whole vectors, in one layer of one channel and in five as of LPIPS.
    public static readonly TheoryData<int[], int[]> Shapes = new()
    {
        { [1], [1] }, { [3], [7] }, { [64], [16] }, { [5, 2], [13 * 13, 1] }, { [64, 192, 384, 256, 256], [55 * 55, 27 * 27, 13 * 13, 13 * 13, 13 * 13] },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void It_is_the_plain_formula(int[] channels, int[] places)
    {
        var random = new Random(channels.Length * 1000 + places[0]);
        var weights = Array.ConvertAll(channels, count => Values(random, count, value => Math.Abs(value)));
        var one = Array.ConvertAll(channels.Zip(places).ToArray(), size => Values(random, size.First * size.Second, value => Math.Max(0, value)));
        // Frames that differ much, that differ hardly, and not at all.
        foreach (var change in new[] { 1.0, 1e-3, 1e-6, 0 })
        {
            var other = Array.ConvertAll(one, map => Array.ConvertAll(map, value => (float)(value + change * Math.Abs(random.NextDouble()))));
            var found = new FeatureDistance(weights).Between(Features(one, channels), Features(other, channels));
            var expected = Plain(one, other, weights, places);
            Assert.True(Math.Abs(found - expected) <= 1e-6 * expected + 1e-18, $"{change}: found {found:R}, expected {expected:R}");
            Assert.Equal(change > 0 && channels[0] > 1, found > 1e-18);    // one channel alone is always of unit length
        }
    }

    [Fact]
    public void Places_where_no_channel_answers_count_as_alike()
    {
        var distance = new FeatureDistance([[1, 1]]);
        Assert.Equal(0, distance.Between(Features([[0, 0]], [2]), Features([[0, 0]], [2])));
        Assert.Equal(1, distance.Between(Features([[0, 0]], [2]), Features([[0, 3]], [2])), 1e-9);
        Assert.Equal(2, distance.Between(Features([[2, 0]], [2]), Features([[0, 3]], [2])), 1e-9);
    }

    [Fact]
    public void Features_of_other_shapes_are_refused()
    {
        var distance = new FeatureDistance([[1, 1]]);
        Assert.Throws<ArgumentException>(() => distance.Between(Features([[1, 2]], [2]), Features([[1, 2, 3, 4]], [2])));
        Assert.Throws<ArgumentException>(() => distance.Between(Features([[1, 2]], [1]), Features([[1, 2]], [1])));
        Assert.Throws<ArgumentException>(() => distance.Between(Features([], []), Features([], [])));
        Assert.Throws<ArgumentException>(() => new FeatureMap([1, 2, 3], 2));
    }

    [Fact]
    public void A_batch_gives_what_single_frames_give()
    {
        using var model = new FeatureExtractor(LoadedCard.Load(Repository.File("models/mini-lpips/card.yaml")), ModelOptions.Default);
        var frames = Enumerable.Range(0, 5).Select(i => TinyModels.Frame(i, index: 10 * i, 171, 96)).ToArray();
        var batch = model.Extract(frames);
        Assert.Equal([0, 10, 20, 30, 40], batch.Select(features => features.Frame));
        for (var i = 0; i < frames.Length; i++)
            Assert.Equal(0, model.Distance.Between(batch[i], model.Extract([frames[i]])[0]), 1e-6);
        Assert.True(model.Distance.Between(batch[0], batch[1]) > 0.01);
    }

    [Theory]
    [InlineData("kind: features", "kind: embedder", "expected it in the card of an embedder")]
    [InlineData("      weights_2: [32]\n", "", "found no 'weights_2', expected [32], a weight for each channel of 'layer_2'")]
    [InlineData("weights_2: [32]", "weights_2: [31]", "found [31] for 'weights_2', expected [32]")]
    [InlineData("layer_3: [batch, 48, 8, 8]", "layer_3: [batch, 48, 64]", "layer_3: found 3 dimensions, expected [batch, channels, rows, columns]")]
    [InlineData("      layer_1: [batch, 16, 32, 32]\n", "", "found no output 'layer_1', expected it in session 'features' of a feature model")]
    public void A_card_that_does_not_fit_says_so(string from, string to, string expected)
    {
        using var folder = new TemporaryFolder();
        ModelsFolder.CopyOf("mini-lpips", folder.Path);
        var card = folder.File("mini-lpips", "card.yaml");
        File.WriteAllText(card, File.ReadAllText(card).Replace(from, to, StringComparison.Ordinal));
        var error = Assert.Throws<ModelCardException>(() => LoadedCard.Load(card));
        Assert.Contains(expected, error.Message);
    }

    /// <summary>The formula as it is written, number by number.</summary>
    private static double Plain(float[][] one, float[][] other, float[][] weights, int[] places)
    {
        var sum = 0.0;
        for (var layer = 0; layer < weights.Length; layer++)
            for (var place = 0; place < places[layer]; place++)
                for (var channel = 0; channel < weights[layer].Length; channel++)
                {
                    var difference = Unit(one[layer], channel, place, places[layer]) - Unit(other[layer], channel, place, places[layer]);
                    sum += weights[layer][channel] * difference * difference / places[layer];
                }
        return sum;
    }

    private static readonly Dictionary<(float[], int), double> Norms = [];

    private static double Unit(float[] map, int channel, int place, int places)
    {
        if (!Norms.TryGetValue((map, place), out var norm))
        {
            for (var i = place; i < map.Length; i += places)
                norm += (double)map[i] * map[i];
            Norms[(map, place)] = norm = Math.Sqrt(norm);
        }
        return map[channel * places + place] / (norm + 1e-10);
    }

    private static FrameFeatures Features(float[][] maps, int[] channels) =>
        new(0, [.. maps.Zip(channels, (map, count) => new FeatureMap(map, count))]);

    private static float[] Values(Random random, int count, Func<double, double> shape) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)shape(2 * random.NextDouble() - 0.5))];
}
