using Panda.Stream.Splitting;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Splitting;

/// <summary>Segments of a frame or two, as time-lapses and odd settings make them.</summary>
public class SmallSegmentTests
{
    [Theory]
    [InlineData(0.01, 0, 0.05)]     // below one frame a segment
    [InlineData(0.1, 0, 0.05)]
    [InlineData(0.1, 2, 0.05)]      // one frame each, handed out long after
    [InlineData(0.1, 10, 0.4)]
    [InlineData(0.2, 2, 0.1)]
    public void Every_frame_is_in_one_segment_with_probes_of_its_own(double length, double slack, double probe)
    {
        var settings = SplitSettings.Panda70M with { SegmentLength = length, SegmentSlack = slack, Probe = probe, MinSceneLen = 1 };
        using var decoder = VideoDecoder.Open(TestFiles.Video("quarters.mp4"));
        using var keeper = new FrameKeeper(settings, decoder.Info, 16, 8);
        var segments = new List<SegmentFrames>();
        while (decoder.TryRead(out var frame))
            segments.AddRange(keeper.Push(frame, 0));
        segments.AddRange(keeper.Finish());

        Assert.Equal(Enumerable.Range(0, 12), segments.SelectMany(segment => Enumerable.Range(segment.Segment.Start, segment.Segment.Length)));
        Assert.All(segments, segment => Assert.Equal(ProbeFrames.Of(segment.Segment, probe), new(segment.First.Index, segment.Last.Index)));
        Assert.All(segments, segment => Assert.Equal(segment.Segment.Length + 1, segment.Pts.Length));
    }
}
