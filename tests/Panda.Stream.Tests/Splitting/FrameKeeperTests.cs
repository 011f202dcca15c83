using Panda.Stream.Splitting;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Splitting;

public class FrameKeeperTests
{
    private const int ShortSide = 32;

    // Scores that would have been far too much work to film: cuts in every distance, runs of them, and none for long.
    private static double ScoreOf(int frame, int seed) => new Random(frame * 31 + seed).Next(60) == 0 || frame % 400 < 3 ? 99 : 0;

    [Theory]
    [InlineData(CutFilter.Suppress, 8, 1, 15)]
    [InlineData(CutFilter.Suppress, 0, 2, 15)]
    [InlineData(CutFilter.Merge, 8, 3, 15)]
    [InlineData(CutFilter.Merge, 3, 4, 15)]
    [InlineData(CutFilter.Suppress, 10, 5, 1)] // segments of one frame
    [InlineData(CutFilter.Suppress, 0, 6, 1)]
    public void Every_segment_gets_its_exact_probes_even_frames_and_times(CutFilter filter, int perSecond, int seed, int minSceneLength)
    {
        var path = SharedVideos.Path("testvideo.mp4");
        var settings = SplitSettings.Panda70M with { Filter = filter, MinSceneLen = minSceneLength, SegmentLength = 1.5, SegmentSlack = 0.7 };
        var all = AllFrames(path, out var info);

        var (segments, cuts) = Keep(path, settings, perSecond, seed);

        Assert.Equal(0, segments[0].Segment.Start);
        Assert.Equal(all.Count, segments[^1].Segment.End);
        var spans = Enumerable.Range(0, all.Count).GroupBy(frame => perSecond == 0 ? frame : Math.Floor(frame * perSecond / info.FrameRate.ToDouble())).ToArray();
        var end = 0;
        foreach (var segment in segments)
        {
            var (_, start, stop) = segment.Segment;
            Assert.Equal(end, start);
            end = stop;
            var probes = ProbeFrames.Of(segment.Segment, settings.Probe);
            AssertSame(all[probes.First], segment.First);
            AssertSame(all[probes.Last], segment.Last);
            var even = spans.Select(span => span.First()).Where(frame => frame >= start && frame < stop).ToList();
            if (even.Count > 0)
                Assert.Equal(even, segment.Frames.Select(frame => frame.Index));
            Assert.All(segment.Frames, frame => AssertSame(all[frame.Index], frame));
            Assert.Equal(all.Skip(start).Take(stop - start).Select(frame => frame.Pts), segment.Pts[..^1]);
            if (stop < all.Count)
                Assert.Equal(all[stop].Pts, segment.Pts[^1]);
        }
        Assert.All(cuts, cut => Assert.Contains(segments, segment => segment.Segment.Start == cut));
    }

    private static (List<SegmentFrames> Segments, List<int> Cuts) Keep(string path, SplitSettings settings, int perSecond, int seed)
    {
        using var decoder = VideoDecoder.Open(path);
        using var keeper = new FrameKeeper(settings, decoder.Info, ShortSide, perSecond);
        var segments = new List<SegmentFrames>();
        while (decoder.TryRead(out var frame))
            segments.AddRange(keeper.Push(frame, ScoreOf(frame.Index, seed)));
        segments.AddRange(keeper.Finish());
        return (segments, keeper.Cuts);
    }

    private static List<KeptFrame> AllFrames(string path, out VideoStreamInfo info)
    {
        using var decoder = VideoDecoder.Open(path);
        using var scaler = new FrameScaler(info = decoder.Info, ShortSide);
        var frames = new List<KeptFrame>();
        while (decoder.TryRead(out var frame))
        {
            using (frame)
                frames.Add(scaler.Keep(frame));
        }
        return frames;
    }

    private static void AssertSame(KeptFrame expected, KeptFrame found)
    {
        Assert.Equal(expected.Index, found.Index);
        Assert.True(expected.Rgb.AsSpan().SequenceEqual(found.Rgb), $"frame {expected.Index} differs");
    }
}
