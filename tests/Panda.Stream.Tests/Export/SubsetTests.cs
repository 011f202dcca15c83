using Panda.Stream.Export;

namespace Panda.Stream.Tests.Export;

public sealed class SubsetTests
{
    [Fact]
    public void Scores_bound_and_a_sample_of_the_rest_is_drawn_the_same_each_time()
    {
        var clips = Enumerable.Range(0, 20).Select(i => ExportParts.Clip("v", i, score: i / 20f)).ToList();
        var chosen = new Subset(0.43, 3).Of(clips);
        Assert.Equal(3, chosen.Count);
        Assert.All(chosen, clip => Assert.True(clip.MatchingScore >= 0.43));
        Assert.Equal(chosen.OrderBy(clip => clip.StartFrame), chosen);
        Assert.Equal(chosen, new Subset(0.43, 3).Of([.. clips]));
        Assert.Equal(20, new Subset(null, null).Of(clips).Count);
        Assert.Equal(11, new Subset(0.43, null).Of(clips).Count);
    }

    [Fact]
    public void Clips_without_a_score_are_below_any() =>
        Assert.Empty(new Subset(0, null).Of([ExportParts.Clip("v", 1, score: null)]));
}
