using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Videos;

public sealed class VideoDecoderTests
{
    public static TheoryData<string> Names => [.. SharedVideos.Names];

    [Theory, MemberData(nameof(Names))]
    public void Delivers_the_frames_and_times_that_OpenCV_reads(string name)
    {
        var expected = SharedVideos.Expected(name);
        using var decoder = VideoDecoder.Open(SharedVideos.Path(name));

        var timesCompared = 0;
        while (decoder.TryRead(out var frame))
        {
            using (frame)
            {
                Assert.True(frame.Index < expected.Count, $"found more than the expected {expected.Count} frames");
                // OpenCV tells 0 for the frames it drains from the codec at the end.
                if (frame.Index > 0 && expected[frame.Index].PtsMs == 0)
                    continue;
                Assert.Equal(expected[frame.Index].PtsMs, 1000 * decoder.Info.Seconds(frame.Pts), 1e-6);
                timesCompared++;
            }
        }
        Assert.Equal(expected.Count, decoder.End!.Frames);
        Assert.True(decoder.End.IsClean, decoder.End.ToString());
        Assert.Equal((0, 0), (decoder.CorruptPackets, decoder.DecodeErrors));
        Assert.InRange(timesCompared, Math.Max(1, expected.Count - 20), expected.Count);
    }
}
