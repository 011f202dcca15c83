using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Videos;

public sealed class DecodedFrameTests
{
    [Fact]
    public void A_lease_disposed_twice_does_not_end_the_next_frames_lease()
    {
        using var decoder = VideoDecoder.Open(TestFiles.Video("quarters.mp4"));
        Assert.True(decoder.TryRead(out var first));
        first.Dispose();
        Assert.True(decoder.TryRead(out var second)); // In the same slot.
        first.Dispose();
        Assert.Equal(1, second.Index);
        Assert.True(second.TryGetYuv420(out var planes) && planes.Y.Length > 0);
        second.Dispose();
    }

    [Fact]
    public void The_last_lease_lets_the_frame_go()
    {
        using var decoder = VideoDecoder.Open(TestFiles.Video("quarters.mp4"));
        Assert.True(decoder.TryRead(out var first));
        var second = first.Share();
        first.Dispose();
        first.Dispose();
        Assert.Throws<ObjectDisposedException>(() => first.Width);
        Assert.Equal((0, 96), (second.Index, second.Width));
        second.Dispose();
        Assert.Throws<ObjectDisposedException>(() => second.Width);
        Assert.Throws<ObjectDisposedException>(() => first.Share());
    }

    [Fact]
    public void Frames_outlive_their_decoder()
    {
        var decoder = VideoDecoder.Open(TestFiles.Video("quarters.mp4"));
        Assert.True(decoder.TryRead(out var frame));
        decoder.Dispose();
        decoder.Dispose();
        Assert.True(frame.TryGetYuv420(out var planes));
        Assert.InRange(planes.Y[0], 79, 83); // Red's luma.
        frame.Dispose();
        Assert.Throws<ObjectDisposedException>(() => frame.Pts);
        Assert.Throws<ObjectDisposedException>(() => decoder.TryRead(out _));
    }

    [Fact]
    public void Leases_of_many_frames_stand_side_by_side()
    {
        using var decoder = VideoDecoder.Open(TestFiles.Video("moving.mp4"));
        var frames = new List<DecodedFrame>();
        while (frames.Count < 64 && decoder.TryRead(out var frame))
            frames.Add(frame);
        Assert.Equal(Enumerable.Range(0, 64), frames.Select(frame => frame.Index));
        var distinct = frames.Select(frame => frame.TryGetYuv420(out var planes) ? Convert.ToHexString(planes.Y[..2000]) : "").Distinct();
        Assert.InRange(distinct.Count(), 32, 64);
        frames.ForEach(frame => frame.Dispose());
    }

    [Fact]
    public void Planes_are_those_of_the_format_and_no_other_format_has_them()
    {
        using var decoder = VideoDecoder.Open(TestFiles.Video("fullrange.mp4"));
        Assert.True(decoder.TryRead(out var frame));
        using (frame)
        {
            Assert.Equal(("yuvj420p", true), (frame.PixelFormat, frame.IsFullRange));
            Assert.True(frame.TryGetYuv420(out var planes));
            Assert.Equal((96, 64, true), (planes.Width, planes.Height, planes.FullRangeFormat));
            Assert.Equal(63 * planes.StrideY + 96, planes.Y.Length);
            Assert.Equal(31 * planes.StrideU + 48, planes.U.Length);
            Assert.InRange(planes.Y[^1], 253, 255); // White at the lower right.
        }

        using var deep = VideoDecoder.Open(TestFiles.Video("tenbit.mkv"));
        Assert.True(deep.TryRead(out var deepFrame));
        Assert.Equal("yuv420p10le", deepFrame.PixelFormat);
        Assert.False(deepFrame.TryGetYuv420(out _));
        deepFrame.Dispose();
    }
}
