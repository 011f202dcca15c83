using Panda.Stream.Splitting;

namespace Panda.Stream.Tests.Splitting;

public class SegmentCutterTests
{
    public static TheoryData<string> Presets => [.. SplitSettings.Presets.Keys];

    [Theory]
    [InlineData("panda70m", 210, new[] { 210 })]                // exactly 7 s: whole
    [InlineData("panda70m", 211, new[] { 150, 211 })]
    [InlineData("panda70m", 360, new[] { 150, 360 })]
    [InlineData("panda70m", 361, new[] { 150, 300, 361 })]
    [InlineData("released", 211, new[] { 150, 211 })]
    [InlineData("paper", 150, new[] { 150 })]                   // exactly 5 s: whole
    [InlineData("paper", 151, new[] { 150, 151 })]
    [InlineData("paper", 1, new[] { 1 })]
    [InlineData("paper", 0, new int[0])]
    public void A_long_shot_is_cut_every_five_seconds(string preset, int frames, int[] ends) =>
        Assert.Equal(ends, Stream([], frames, SplitSettings.Presets[preset], 30, CutFilter.Suppress).Select(s => s.End));

    [Fact]
    public void The_length_of_an_artificial_segment_is_truncated_at_fractional_rates() =>
        Assert.Equal([149, 298, 400], Stream([], 400, SplitSettings.Paper, 30000 / 1001.0, CutFilter.Suppress).Select(s => s.End));

    [Theory]
    [InlineData(0, 100, 0.05, 4, 94)]       // 4.95 and 94.05
    [InlineData(0, 101, 0.05, 5, 95)]
    [InlineData(0, 100, 0.10, 9, 89)]
    [InlineData(7, 8, 0.05, 6, 6)]           // 6.999999999999999: before the segment, and yet the reference's frame
    [InlineData(8, 9, 0.05, 8, 8)]
    [InlineData(10, 12, 0.05, 10, 10)]      // 10.05 and 10.95
    public void Probe_frames_are_truncated(int start, int end, double part, int first, int last) =>
        Assert.Equal(new ProbeFrames(first, last), ProbeFrames.Of(start, end, part));

    [Fact]
    public void The_part_written_as_a_difference_is_the_very_double_of_the_reference()
    {
        Assert.Equal(0.95, 1 - SplitSettings.Panda70M.Probe);
        Assert.Equal(0.9, 1 - SplitSettings.Paper.Probe);
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void Streaming_gives_what_the_rule_over_the_whole_video_gives(string preset)
    {
        var random = new Random(7);
        foreach (var filter in Enum.GetValues<CutFilter>())
        {
            for (var round = 0; round < 300; round++)
            {
                var (scores, fps, minSceneLen) = RandomVideo(random);
                var settings = SplitSettings.Presets[preset];
                var cuts = new ShotDetector(25, minSceneLen, filter) is var detector
                    ? scores.Select(detector.Push).OfType<int>().ToList() : [];
                Assert.Equal(Batch(cuts, scores.Length, settings, fps), Stream(scores, scores.Length, settings, fps, filter, minSceneLen));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void An_artificial_cut_is_handed_out_with_the_frame_that_makes_it_certain(string preset)
    {
        var settings = SplitSettings.Presets[preset];
        var cutter = new SegmentCutter(settings, 30);
        var limit = (settings.SegmentLength + settings.SegmentSlack) * 30;
        for (var frame = 0; frame < 1000; frame++)
        {
            var start = 0;
            foreach (var segment in cutter.Push(null, frame + 1))
                start = segment.Start;
            if (frame < limit)
                Assert.Equal(0, start);
            if (frame + 1 == (int)limit + 1)
                return;
        }
        Assert.Fail("no artificial cut was handed out");
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void A_frame_given_up_is_never_a_probe_and_few_frames_are_held(string preset)
    {
        var random = new Random(11);
        var settings = SplitSettings.Presets[preset];
        foreach (var filter in Enum.GetValues<CutFilter>())
        {
            for (var round = 0; round < 60; round++)
            {
                var (scores, fps, minSceneLen) = RandomVideo(random);
                var detector = new ShotDetector(25, minSceneLen, filter);
                var cutter = new SegmentCutter(settings, fps);
                HashSet<int> held = [];
                for (var frame = 0; frame < scores.Length; frame++)
                {
                    held.Add(frame);
                    AssertHeld(cutter.Push(detector.Push(scores[frame]), detector.CertainBefore));
                    held.RemoveWhere(kept => !cutter.MayBecomeProbe(kept));
                    // Two windows of 5 or 10 % of the longest segment, again for the segment after an artificial cut; a merge holds back more.
                    if (filter == CutFilter.Suppress)
                        Assert.True(held.Count <= 4 * settings.Probe * 7 * fps + 8, $"{held.Count} frames held at {fps} fps");
                }
                AssertHeld(cutter.Finish(scores.Length));

                void AssertHeld(IReadOnlyList<Segment> segments)
                {
                    foreach (var probes in segments.Select(cutter.Probes))
                        Assert.True(held.Contains(probes.First) && held.Contains(probes.Last), $"{probes} was given up");
                }
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-30)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_rate_that_is_none_is_refused(double fps) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SegmentCutter(SplitSettings.Paper, fps));

    [Fact]
    public void A_rate_below_one_frame_per_segment_still_ends() =>
        Assert.Equal([1, 2, 3], Stream([], 3, SplitSettings.Panda70M, 0.1, CutFilter.Suppress).Select(s => s.End));

    /// <summary>The rule as the guide words it, over a whole video.</summary>
    private static List<Segment> Batch(IReadOnlyList<int> cuts, int frames, SplitSettings settings, double fps)
    {
        List<int> ends = [0];
        foreach (var end in cuts.Append(frames))
        {
            while (end - ends[^1] > (settings.SegmentLength + settings.SegmentSlack) * fps)
                ends.Add(ends[^1] + (int)(settings.SegmentLength * fps));
            ends.Add(end);
        }
        return [.. ends.Zip(ends.Skip(1), (start, end) => (start, end)).Select((span, i) => new Segment(i, span.start, span.end))];
    }

    private static List<Segment> Stream(double[] scores, int frames, SplitSettings settings, double fps, CutFilter filter, int minSceneLen = 15)
    {
        var detector = new ShotDetector(25, minSceneLen, filter);
        var cutter = new SegmentCutter(settings, fps);
        List<Segment> segments = [];
        for (var frame = 0; frame < frames; frame++)
            segments.AddRange(cutter.Push(detector.Push(frame < scores.Length ? scores[frame] : 0), detector.CertainBefore));
        segments.AddRange(cutter.Finish(frames));
        return segments;
    }

    private static (double[] Scores, double Fps, int MinSceneLen) RandomVideo(Random random)
    {
        var fps = new[] { 10, 24000 / 1001.0, 25, 30000 / 1001.0, 30, 59.94, 3000 / 133.0 }[random.Next(7)];
        var gap = random.Next(1, 600);
        var scores = new double[random.Next(1, 2500)];
        for (var frame = 1; frame < scores.Length; frame++)
            scores[frame] = random.Next(gap) == 0 ? 60 : 5;
        return (scores, fps, random.Next(3) == 0 ? 1 : 15);
    }
}
