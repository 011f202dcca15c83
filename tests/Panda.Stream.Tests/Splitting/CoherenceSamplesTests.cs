using Panda.Stream.Native;
using Panda.Stream.Splitting;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Splitting;

public class CoherenceSamplesTests
{
    private static readonly CoherenceSamples?[] Segments =
        [new([0, 30, 60], [0, 0.1, 0.2]), new([], []), new([90, 120], [0.9, 0.3])];

    [Theory]
    [InlineData(0, 150, 0.9)]
    [InlineData(0, 90, 0.2)]        // the frame after the end does not count
    [InlineData(0, 91, 0.9)]
    [InlineData(31, 91, 0.9)]
    [InlineData(61, 150, 0.3)]      // the first one's neighbour lies before the clip
    [InlineData(90, 121, 0.3)]
    [InlineData(91, 150, null)]     // one grid frame alone
    [InlineData(121, 150, null)]
    public void The_largest_distance_between_neighbours_that_both_lie_in_the_clip(int start, int end, double? expected) =>
        Assert.Equal(expected, CoherenceSamples.Maximum(Segments, start, end));

    [Fact]
    public void Unknown_where_a_segment_was_not_measured() =>
        Assert.Null(CoherenceSamples.Maximum([Segments[0], null, Segments[2]], 0, 150));

    [Fact]
    public void The_grid_takes_the_first_kept_frame_of_each_interval_by_pts()
    {
        var info = new VideoStreamInfo("", "", "", 64, 36, 0, new(1, 1), new Rational(10, 1), new Rational(1, 1000), 500, null, null);
        var grid = new SampleGrid(info, 1);
        Assert.Equal([0, 3, 4], Take(600, 700, 1400, 1500, 2600));
        Assert.Equal([1, 2], Take(3400, 4600, 5500));               // 2.9 s, 4.1 s after a gap, 5.0 s; the second 2 had been taken
        Assert.Equal([0], Take(500));                               // a jump back begins anew

        IEnumerable<int> Take(params int[] pts) =>
            grid.Take(pts.Select((at, i) => new KeptFrame(i, at, 1, 1, [0, 0, 0]))).Select(frame => frame.Index);
    }
}
