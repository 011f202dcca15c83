using Panda.Stream.Models;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Models;

public class FrameSamplingTests
{
    // Computed with numpy: arange(0, n, n / count), linspace(0, n, count + 1), round(seg * i).
    [Theory]
    [InlineData(FrameRule.Arange, 100, 8, new[] { 0, 12, 25, 37, 50, 62, 75, 87 })]
    [InlineData(FrameRule.Arange, 8, 8, new[] { 0, 1, 2, 3, 4, 5, 6, 7 })]
    [InlineData(FrameRule.Arange, 5, 8, new[] { 0, 0, 1, 1, 2, 3, 3, 4 })]
    [InlineData(FrameRule.Arange, 1, 8, new[] { 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(FrameRule.Arange, 7, 12, new[] { 0, 0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6 })]
    [InlineData(FrameRule.Arange, 1001, 12, new[] { 0, 83, 166, 250, 333, 417, 500, 583, 667, 750, 834, 917 })]
    [InlineData(FrameRule.Arange, 30, 8, new[] { 0, 3, 7, 11, 15, 18, 22, 26 })]
    [InlineData(FrameRule.MiddleInterval, 100, 8, new[] { 5, 18, 30, 43, 55, 68, 80, 93 })]
    [InlineData(FrameRule.MiddleInterval, 8, 8, new[] { 0, 1, 2, 3, 4, 5, 6, 7 })]
    [InlineData(FrameRule.MiddleInterval, 5, 8, new[] { 0, 1, 2, 3, 4, 4, 4, 4 })]
    [InlineData(FrameRule.MiddleInterval, 1, 8, new[] { 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(FrameRule.MiddleInterval, 7, 12, new[] { 0, 1, 2, 3, 4, 5, 6, 6, 6, 6, 6, 6 })]
    [InlineData(FrameRule.MiddleInterval, 1001, 12, new[] { 41, 124, 207, 291, 374, 458, 541, 624, 708, 791, 875, 958 })]
    [InlineData(FrameRule.MiddleInterval, 30, 8, new[] { 1, 4, 8, 12, 16, 19, 23, 27 })]
    [InlineData(FrameRule.Segment, 100, 8, new[] { 6, 18, 31, 43, 56, 68, 80, 93 })]
    [InlineData(FrameRule.Segment, 8, 8, new[] { 0, 1, 2, 3, 4, 4, 5, 6 })]
    [InlineData(FrameRule.Segment, 5, 8, new[] { 0, 0, 1, 2, 2, 2, 3, 4 })]
    [InlineData(FrameRule.Segment, 1, 8, new[] { 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(FrameRule.Segment, 7, 12, new[] { 0, 0, 1, 2, 2, 2, 3, 4, 4, 4, 5, 6 })]
    [InlineData(FrameRule.Segment, 1001, 12, new[] { 41, 124, 208, 291, 374, 458, 541, 624, 708, 791, 874, 958 })]
    [InlineData(FrameRule.Segment, 30, 8, new[] { 1, 5, 8, 12, 15, 19, 23, 26 })]
    public void Indices_equal_those_of_the_published_code(FrameRule rule, int frames, int count, int[] expected) =>
        Assert.Equal(expected, new FrameSampling { Rule = rule, Count = count }.Indices(frames, "any"));

    [Fact]
    public void Random_frames_lie_in_their_range_and_depend_on_the_clips_name_alone()
    {
        var sampling = new FrameSampling { Rule = FrameRule.RandomRange, Count = 1, From = 0.3, To = 0.7 };
        var drawn = Enumerable.Range(0, 2000).Select(i => sampling.Indices(100, $"video#{i}")[0]).ToArray();
        Assert.All(drawn, index => Assert.InRange(index, 30, 69));
        Assert.Equal(40, drawn.Distinct().Count());
        Assert.InRange(drawn.Average(), 48.5, 50.5);
        Assert.Equal(sampling.Indices(100, "video#7"), sampling.Indices(100, "video#7"));
        Assert.Equal([45], sampling.Indices(100, "video#7")); // the same on every machine, for ever
        Assert.Equal([0], sampling.Indices(1, "video#7"));
    }

    [Theory]
    [InlineData(75, 25.0, 1.0, 8, new[] { 4, 13, 22, 32, 41, 50, 60, 69 })] // at least eight
    [InlineData(100, 25.0, 1.0, 2, new[] { 12, 37, 62, 87 })]
    [InlineData(3, 25.0, 1.0, 5, new[] { 0, 0, 1, 1, 2 })]
    public void Frames_by_the_second_are_the_middles_of_equal_intervals(int frames, double rate, double perSecond, int least, int[] expected) =>
        Assert.Equal(expected, new FrameSampling { Rule = FrameRule.Fps, Count = least, PerSecond = perSecond }.Indices(frames, "any", rate));

    [Fact]
    public void A_short_clip_repeats_frames_or_its_last_or_is_refused_and_a_long_one_has_its_limit()
    {
        FrameSampling Sampling(ShortClips rule) => new() { Rule = FrameRule.Arange, Count = 6, ShortClips = rule };
        Assert.Equal([0, 0, 1, 1, 2, 2], Sampling(ShortClips.Repeat).Indices(3, "c"));
        Assert.Equal([0, 1, 2, 2, 2, 2], Sampling(ShortClips.Last).Indices(3, "c"));
        Assert.Equal("clip c: found 3 frames, expected at least 6", Assert.Throws<ArgumentException>(() => Sampling(ShortClips.Refuse).Indices(3, "c")).Message);
        Assert.Equal(256, new FrameSampling { Rule = FrameRule.Fps, Count = 1 }.Indices(100_000, "c", 10).Length);
        Assert.Contains("found no frame rate", Assert.Throws<ArgumentException>(() => new FrameSampling { Rule = FrameRule.Fps, Count = 1 }.Indices(10, "c")).Message);
    }

    [Fact]
    public void Several_random_frames_come_in_order_of_time()
    {
        var indices = new FrameSampling { Rule = FrameRule.RandomRange, Count = 6 }.Indices(1000, "clip");
        Assert.Equal(indices.Order(), indices);
        Assert.True(indices.Distinct().Count() > 3);
    }

    [Fact]
    public void The_nearest_kept_frame_serves()
    {
        KeptFrame[] kept = [.. new[] { 100, 104, 108, 112, 130 }.Select(index => new KeptFrame(index, 0, 1, 1, new byte[3]))];
        var wanted = new FrameSampling { Rule = FrameRule.Arange, Count = 8 }; // 100, 104, 108 ... 128
        Assert.Equal([100, 104, 108, 112, 112, 112, 130, 130], wanted.Choose(kept, 100, 32, "clip").Select(frame => frame.Index));
        Assert.Equal([100, 100], new FrameSampling { Rule = FrameRule.Arange, Count = 2 }.Choose(kept, 0, 10, "clip").Select(frame => frame.Index));
        Assert.Equal([104], new FrameSampling { Rule = FrameRule.Arange, Count = 1 }.Choose(kept, 106, 10, "clip").Select(frame => frame.Index)); // of two equally near the earlier
    }

    [Fact]
    public void A_clip_without_frames_is_refused()
    {
        var sampling = new FrameSampling { Rule = FrameRule.Arange, Count = 2 };
        Assert.Contains("clip c: found no kept frames", Assert.Throws<ArgumentException>(() => sampling.Choose([], 0, 10, "c")).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => sampling.Indices(0, "c"));
    }
}
