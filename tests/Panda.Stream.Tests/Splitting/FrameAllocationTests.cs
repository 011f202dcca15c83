using Panda.Stream.Splitting;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Splitting;

public class FrameAllocationTests
{
    private const int WarmUp = 50, LeastFrames = 1000;

    /// <summary>Segments without end, whose probes are their very first and last frames: in between nothing is kept.</summary>
    private static readonly SplitSettings KeepsNothing = SplitSettings.Panda70M with { SegmentLength = 1e6, Probe = 0, Threshold = 1000 };

    [Theory, InlineData(Detector.Content), InlineData(Detector.Histogram)]
    public void A_frame_that_is_decoded_scored_and_not_kept_allocates_nothing(Detector detector)
    {
        var frames = 0;
        foreach (var name in new[] { "samples/beach_day.mp4", "samples/desert_train.mp4" })
        {
            using var decoder = VideoDecoder.Open(Repository.File(name));
            using var scorer = FrameAnalyzers.OnCpu(KeepsNothing with { Detector = detector, Downscale = Downscale.Longest256 }, decoder.Info.Rotation);
            using var keeper = new FrameKeeper(KeepsNothing, decoder.Info, 96, framesPerSecond: 1e-6);
            var allocations = new Allocations();
            while (decoder.TryRead(out var frame))
            {
                if (frame.Index == WarmUp)
                    allocations = new Allocations();
                if (frame.Index > WarmUp && frame.Index % 100 == 0)
                {
                    var (bytes, slack) = (allocations.Bytes, allocations.Slack);
                    if (bytes > ListOfTimes(frame.Index) + slack)
                        Assert.Fail($"{bytes} bytes allocated by frame {frame.Index}, expected at most {ListOfTimes(frame.Index)} and a slack of {slack}");
                }
                if (frame.Index >= WarmUp)
                    frames++;
                var score = scorer.Score(frame);
                if (keeper.Push(frame, score.Value).Count > 0)
                    Assert.Fail("a segment ended");
            }
        }
        Assert.InRange(frames, LeastFrames, int.MaxValue);

        // The times of all frames of the running segment are remembered, in a list that doubles: 8 bytes a frame, until the segment ends.
        static long ListOfTimes(int frames)
        {
            var bytes = 0L;
            for (var length = 64; length < 2 * frames; length *= 2)
                bytes += 8 * length + 24;
            return bytes;
        }
    }
}
