using Panda.Stream.Splitting;

namespace Panda.Stream.Tests.Splitting;

/// <summary>Hand-made series: frames at or above the threshold, and the cuts that each filter makes of them.</summary>
public class ShotDetectorTests
{
    private const int Frames = 120;

    [Theory]
    [InlineData(new[] { 15, 30 }, new[] { 15, 30 })]            // exactly the shortest scene
    [InlineData(new[] { 14 }, new int[0])]                      // one frame too early after the first frame
    [InlineData(new[] { 20, 34, 35 }, new[] { 20, 35 })]        // left out, not moved
    [InlineData(new[] { 20, 30, 40, 50 }, new[] { 20, 40 })]    // distance counts from the last cut
    [InlineData(new int[0], new int[0])]
    public void Suppress_leaves_out_what_follows_a_cut_too_soon(int[] above, int[] cuts) =>
        Assert.Equal(cuts, Cuts(above, CutFilter.Suppress).Select(found => found.Cut));

    [Theory]
    [InlineData(new[] { 15, 30 }, new[] { 15, 30 })]
    [InlineData(new[] { 14 }, new int[0])]                      // merging starts only after a first cut
    [InlineData(new[] { 14, 29 }, new[] { 29 })]                // distance counts from the last frame above, cut or not
    [InlineData(new[] { 14, 28 }, new int[0])]
    [InlineData(new[] { 20, 30, 40, 50 }, new[] { 20, 50 })]    // a run becomes one cut, at its last frame
    [InlineData(new[] { 20, 30, 44 }, new[] { 20 })]            // a run shorter than a scene stays open ...
    [InlineData(new[] { 20, 30, 44, 90 }, new[] { 20, 90 })]    // ... until one frame above, however late, makes it long enough
    [InlineData(new[] { 20, 30, 45 }, new[] { 20, 45 })]        // exactly the shortest scene of merged frames
    [InlineData(new[] { 20, 90, 100, 110 }, new[] { 20, 90 })]  // pending at the end: dropped
    public void Merge_makes_one_cut_of_a_run(int[] above, int[] cuts) =>
        Assert.Equal(cuts, Cuts(above, CutFilter.Merge).Select(found => found.Cut));

    [Fact]
    public void A_score_equal_to_the_threshold_cuts_and_one_below_does_not()
    {
        var detector = new ShotDetector(25, 1, CutFilter.Suppress);
        Assert.Null(detector.Push(0));
        Assert.Null(detector.Push(Math.BitDecrement(25)));
        Assert.Equal(2, detector.Push(25));
    }

    [Fact]
    public void A_suppressed_cut_is_known_at_once_and_a_merged_one_as_late_as_the_shortest_scene()
    {
        Assert.All(Cuts([20, 40, 60], CutFilter.Suppress), found => Assert.Equal(found.Cut, found.SeenAt));
        Assert.Equal([(20, 20), (50, 65)], Cuts([20, 30, 40, 50], CutFilter.Merge));
    }

    [Theory]
    [InlineData(CutFilter.Suppress)]
    [InlineData(CutFilter.Merge)]
    public void No_cut_ever_comes_before_the_frame_that_was_called_certain(CutFilter filter)
    {
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var detector = new ShotDetector(1, 15, filter);
            var certain = 0;
            for (var frame = 0; frame < 400; frame++)
            {
                if (detector.Push(random.Next(1 + round / 10) == 0 ? 1 : 0) is { } cut)
                    Assert.True(cut >= certain, $"cut {cut} after {certain} was certain");
                Assert.True(detector.CertainBefore >= certain);
                certain = detector.CertainBefore;
            }
        }
    }

    private static List<(int Cut, int SeenAt)> Cuts(int[] above, CutFilter filter)
    {
        var detector = new ShotDetector(25, 15, filter);
        List<(int, int)> cuts = [];
        for (var frame = 0; frame < Frames; frame++)
            if (detector.Push(above.Contains(frame) ? 30 : 3) is { } cut)
                cuts.Add((cut, frame));
        return cuts;
    }
}
