using Panda.Stream.Selection.Calibration;

namespace Panda.Stream.Tests.Selection.Calibration;

public class RocCurveTests
{
    [Fact]
    public void A_hand_made_curve()
    {
        // Scores:  .1 wrong, .2 wrong, .4 good, .6 wrong, .8 good, .9 good
        var roc = RocCurve.Of([(.9, true), (.8, true), (.6, false), (.4, true), (.2, false), (.1, false)])!;
        Assert.Equal([6, 5, 4, 3, 2, 1], roc.Points.Select(point => point.Kept));
        Assert.Equal([.5, 2 / 3.0, 5 / 6.0, 2 / 3.0, 5 / 6.0, 2 / 3.0], roc.Points.Select(point => point.BalancedAccuracy), (a, b) => Math.Abs(a - b) < 1e-12);
        // Two points are equally good: the one that keeps more.
        Assert.Equal((.3, 4, 3, 1), (roc.Best.Threshold, roc.Best.Kept, roc.Best.KeptGood, roc.Best.KeptWrong));
        Assert.Equal((1, 1 / 3.0, .75), (roc.Best.TruePositiveRate, roc.Best.FalsePositiveRate, roc.Best.Precision));
        Assert.Equal(8 / 9.0, roc.Auc, 12); // of nine pairs one is in the wrong order
        Assert.Equal((2, 2), (roc.At(.7).KeptGood, roc.At(.7).Kept));
    }

    [Fact]
    public void Equal_scores_are_kept_or_dropped_together_and_a_tie_is_half_a_pair()
    {
        var roc = RocCurve.Of([(.5, true), (.5, false), (.5, false)])!;
        Assert.Equal((3, .5), (Assert.Single(roc.Points).Kept, roc.Auc));
    }

    [Fact]
    public void Without_good_ones_or_without_wrong_ones_there_is_no_curve()
    {
        Assert.Null(RocCurve.Of([]));
        Assert.Null(RocCurve.Of([(.5, true)]));
        Assert.Null(RocCurve.Of([(.5, false), (.1, false)]));
    }

    [Theory]
    [InlineData(.30, .56, .43)]
    [InlineData(.4301, .4399, .435)]
    [InlineData(.43001, .43002, .43002)]
    [InlineData(-7.5, -3, -5.25)]
    [InlineData(.1, .1000000001, .1000000001)]
    public void The_threshold_parts_the_two_scores_with_few_digits(double dropped, double kept, double expected)
    {
        var roc = RocCurve.Of([(dropped, false), (kept, true)])!;
        Assert.Equal((expected, 1, 1), (roc.Best.Threshold, roc.Best.Kept, roc.Best.KeptGood));
    }

    [Fact]
    public void Every_points_threshold_keeps_what_the_point_says()
    {
        var random = new Random(5);
        var roc = RocCurve.Of([.. Enumerable.Range(0, 2000).Select(i => ((double)(float)Math.Pow(random.NextDouble(), 9), i % 3 == 0))])!;
        Assert.All(roc.Points, point => Assert.Equal(point, roc.At(point.Threshold)));
        Assert.Equal(roc.Points.Max(point => point.BalancedAccuracy), roc.Best.BalancedAccuracy);
        Assert.Equal(2000, roc.Points[0].Kept);
    }
}
