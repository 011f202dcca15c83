using Panda.Stream.Models;
using Panda.Stream.Splitting;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Models;

public class EmbedderTests
{
    private static readonly Embedder Embedder = new(TinyModels.Card("embedder"), ModelOptions.Default);

    [Fact]
    public void Every_frame_gets_a_unit_vector_whatever_its_company()
    {
        var frames = Enumerable.Range(0, 5).Select(seed => TinyModels.Frame(seed, seed, 40 + seed)).ToArray();
        var together = Embedder.Embed(frames);
        Assert.Equal(5, together.Count);
        for (var i = 0; i < frames.Length; i++)
        {
            Assert.Equal(1, together[i].Sum(x => x * x), 5);
            Assert.Equal(Embedder.Embed([frames[i]])[0], together[i]);
        }
        Assert.True(together[0].Zip(together[1]).Sum(pair => Math.Abs(pair.First - pair.Second)) > 0.1);
    }

    [Fact]
    public void No_frames_give_no_vectors() => Assert.Empty(Embedder.Embed([]));

    [Fact]
    public void Numbers_that_are_not_finite_are_refused()
    {
        // Divided by next to nothing, pixels become infinite.
        using var sick = new Embedder(LoadedCard.Load(TinyModels.Spoilt("embedder", "std: [0.26862954, 0.26130258, 0.27577711]", "std: [1e-44, 1e-44, 1e-44]")), ModelOptions.Default);
        Assert.Equal("tiny-embedder: found a number that is not finite in the embedding of frame 9, expected a unit vector",
            Assert.Throws<InvalidDataException>(() => sick.Embed([TinyModels.Frame(1, 9)])).Message);
    }

    [Fact]
    public void The_card_speaks_through_it()
    {
        Assert.Equal("tiny-embedder", Embedder.Name);
        Assert.StartsWith("tiny-embedder@", Embedder.Identity);
        Assert.Equal((16, 16), Embedder.PictureSize);
        Assert.Equal(new DistanceThresholds(1.0, 0.6, 0.15, 0.3), Embedder.Thresholds);
    }
}
