using Panda.Stream.Native;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Videos;

public sealed class VideoDecoderTests
{
    // All but the longest, which is coded as real_640.mp4 is.
    public static TheoryData<string> Names => [.. SharedVideos.Names.Where(name => name != "real_scenes_640.mp4")];

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

    [Fact]
    public void Times_go_on_where_OpenCV_has_none()
    {
        using var decoder = VideoDecoder.Open(TestFiles.Video("quarters.mp4"), threads: 1);
        Assert.Equal(Enumerable.Range(0, 12).Select(index => index / 10.0), Read(decoder).Select(decoder.Info.Seconds));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(5)]
    public void Threads_of_the_codec_change_no_frame(int threads)
    {
        using var decoder = VideoDecoder.Open(TestFiles.Video("moving.mp4"), threads);
        Assert.Equal(Enumerable.Range(0, 400).Select(index => index / 25.0), Read(decoder).Select(decoder.Info.Seconds));
    }

    [Fact]
    public void Tells_of_the_stream_what_players_need()
    {
        using var decoder = VideoDecoder.Open(TestFiles.Video("quarters.mp4"));
        Assert.Equal(
            new VideoStreamInfo("mov,mp4,m4a,3gp,3g2,mj2", "h264", "yuv420p", 96, 64, 0, new(1, 1), new(10, 1), new(1, 10240), 0, 1.2, 12),
            decoder.Info);
    }

    [Theory]
    [InlineData("turned90.mp4", 90, 64, 96)]
    [InlineData("turned180.mp4", 180, 96, 64)]
    [InlineData("turned270.mp4", 270, 64, 96)]
    [InlineData("wide.mp4", 0, 192, 64)]
    public void Shows_rotation_and_sample_aspect(string name, int rotation, int width, int height)
    {
        using var decoder = VideoDecoder.Open(TestFiles.Video(name));
        Assert.Equal((rotation, width, height), (decoder.Info.Rotation, decoder.Info.DisplayWidth, decoder.Info.DisplayHeight));
        Assert.Equal((96, 64), (decoder.Info.Width, decoder.Info.Height));
    }

    [Fact]
    public void Frames_of_a_raw_stream_follow_each_other_at_its_rate()
    {
        using var decoder = VideoDecoder.Open(TestFiles.Video("raw.h264"));
        var pts = Read(decoder);
        Assert.Equal(12, pts.Count);
        Assert.All(pts.Zip(pts.Skip(1)), pair => Assert.True(pair.First < pair.Second));
    }

    [Fact]
    public void A_change_of_size_in_mid_stream_shows_in_the_frames()
    {
        using var decoder = VideoDecoder.Open(TestFiles.Video("sizes.ts"));
        var sizes = new List<(int, int)>();
        while (decoder.TryRead(out var frame))
            using (frame)
                sizes.Add((frame.Width, frame.Height));
        Assert.Equal([.. Enumerable.Repeat((96, 64), 6), .. Enumerable.Repeat((64, 48), 6)], sizes);
    }

    [Fact]
    public void Asked_again_after_the_end_it_says_the_end_again()
    {
        using var decoder = VideoDecoder.Open(TestFiles.Video("quarters.mp4"));
        Read(decoder);
        Assert.False(decoder.TryRead(out _));
        Assert.Equal(new DecodeEnd(12, null), decoder.End);
    }

    [Fact]
    public void A_decoded_frame_costs_no_allocation()
    {
        using var decoder = VideoDecoder.Open(TestFiles.Video("moving.mp4"));
        var allocations = new Allocations();
        for (var index = 0; decoder.TryRead(out var frame); index++)
        {
            if (index == 50)
                allocations = new Allocations();
            using (frame)
                Assert.True(frame.TryGetYuv420(out var planes) && planes.Y.Length >= 128 * 96 && frame.PixelFormat == "yuv420p");
            if (index == 399)
                Assert.InRange(allocations.Bytes, 0, allocations.Slack);
        }
    }

    private static List<long> Read(VideoDecoder decoder)
    {
        var pts = new List<long>();
        while (decoder.TryRead(out var frame))
        {
            pts.Add(frame.Pts);
            frame.Dispose();
        }
        return pts;
    }
}
