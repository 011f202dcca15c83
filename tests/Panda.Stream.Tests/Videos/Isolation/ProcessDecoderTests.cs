using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;
using Panda.Stream.Videos.Isolation;

namespace Panda.Stream.Tests.Videos.Isolation;

/// <summary>The same frames from a child process as from a thread, and what becomes of a video whose process goes.</summary>
public sealed class ProcessDecoderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ProcessOpener _opener = new(frames: 24, memoryMegabytes: 2048);

    public void Dispose()
    {
        _opener.Dispose();
        _folder.Dispose();
    }

    /// <summary>The short ones; PANDA_LONG=1 takes all.</summary>
    [Fact]
    public void Reference_videos_give_equal_frames_times_and_facts()
    {
        foreach (var path in SharedVideos.Names.Select(SharedVideos.Path))
        {
            if (new FileInfo(path).Length < 500_000 || Environment.GetEnvironmentVariable("PANDA_LONG") == "1")
                AssertEqualToThread(path);
        }
    }

    [Fact]
    public void So_do_formats_sizes_and_turns_of_all_kinds_one_after_another_in_one_process()
    {
        foreach (var name in new[]
        {
            "quarters.mp4", "tenbit.mkv", "fullrange.mp4", "turned90.mp4", "wide.mp4", "sizes.ts", "raw.h264", "bt709.mp4", "back.ts", "million.mp4",
        })
            AssertEqualToThread(TestFiles.Video(name));
    }

    [Fact]
    public void Bad_files_are_refused_in_the_same_words()
    {
        string[] paths =
        [
            TestFiles.Video("tone.m4a"), TestFiles.Video("picture.png"), _folder.File("absent.mp4"), _folder.Write("empty.mp4", ""),
            _folder.Write("text.mp4", "This is a letter, not a film.\n"),
            _folder.Write("cut.mp4", File.ReadAllBytes(TestFiles.Video("quarters.mp4")).AsSpan(0, 1000)),
        ];
        foreach (var path in paths)
        {
            var here = Assert.Throws<VideoException>(() => VideoDecoder.Open(path));
            Assert.Equal(here.Message, Assert.Throws<VideoException>(() => Open(_opener, path, default)).Message);
        }
        AssertEqualToThread(TestFiles.Video("quarters.mp4")); // and the process goes on
    }

    [Theory, InlineData("moving.mp4"), InlineData("moving.mkv")]
    public void Damaged_and_truncated_files_give_what_a_thread_gets_of_them(string name)
    {
        var video = File.ReadAllBytes(TestFiles.Video(name));
        AssertEqualToThread(_folder.Write("short-" + name, video.AsSpan(0, video.Length / 2)));
        new Random(1).NextBytes(video.AsSpan(video.Length / 2, 3000));
        using var opener = new ProcessOpener(frames: 24, memoryMegabytes: null);
        AssertEqualToThread(_folder.Write("hurt-" + name, video), opener, threads: 1);
    }

    [Theory, InlineData(Signals.Segv, "SIGSEGV"), InlineData(Signals.Abrt, "SIGABRT"), InlineData(Signals.Kill, "SIGKILL"), InlineData(Signals.Bus, "SIGBUS")]
    public void A_decoder_that_dies_breaks_its_video_off_and_the_next_gets_a_new_one(int signal, string name)
    {
        using (var source = Open(_opener, TestFiles.Video("moving.mp4"), default))
        {
            var first = _opener.ProcessId;
            for (var i = 0; i < 10; i++)
            {
                Assert.True(source.TryRead(out var frame));
                frame.Dispose();
            }
            Signals.Crash(first!.Value, signal);
            var frames = 10;
            for (; source.TryRead(out var frame); frames++)
                frame.Dispose();
            Assert.Matches($"^broke off after {frames} frames: the decoder's process was killed by {name}", source.End!.ToString());
            Assert.InRange(frames, 10, 399);
            Assert.False(source.TryRead(out _));
        }
        AssertEqualToThread(TestFiles.Video("quarters.mp4"));
    }

    [Fact]
    public void A_decoder_that_hangs_is_killed_at_the_interrupt()
    {
        using var deadline = new CancellationTokenSource();
        using (var source = Open(_opener, TestFiles.Video("moving.mp4"), deadline.Token))
        {
            Signals.Send(_opener.ProcessId!.Value, Signals.Stop); // as still as any endless loop
            deadline.CancelAfter(TimeSpan.FromMilliseconds(100));
            while (source.TryRead(out var frame))
                frame.Dispose();
            Assert.EndsWith("the decoder's process was killed by SIGKILL", source.End!.Error);
        }
        AssertEqualToThread(TestFiles.Video("quarters.mp4"));
    }

    [Fact]
    public void A_decoder_that_hangs_while_it_opens_is_killed_too()
    {
        Assert.Equal(12, Count(Open(_opener, TestFiles.Video("quarters.mp4"), default)));
        Signals.Send(_opener.ProcessId!.Value, Signals.Stop);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var error = Assert.Throws<VideoException>(() => Open(_opener, TestFiles.Video("moving.mp4"), deadline.Token));
        Assert.Contains("while it opened the video", error.Reason);
    }

    [Fact]
    public void A_decoder_that_wants_more_memory_than_it_may_have_costs_its_video()
    {
        // Pictures of 8192 x 8192 are 100 MB each, of which the codec wants several.
        using var opener = new ProcessOpener(frames: 24, memoryMegabytes: 256);
        var path = TestFiles.Video("huge.mp4");
        var reason = "";
        try
        {
            using var source = Open(opener, path, default);
            while (source.TryRead(out var frame))
                frame.Dispose();
            reason = source.End!.Error ?? $"all {source.End.Frames} frames decoded";
        }
        catch (VideoException refused)
        {
            reason = refused.Reason;
        }
        Assert.Contains("memory", reason);
        AssertEqualToThread(TestFiles.Video("quarters.mp4"), opener);
    }

    [Fact]
    public void Frames_outlive_video_and_process()
    {
        var source = Open(_opener, TestFiles.Video("quarters.mp4"), default);
        Assert.True(source.TryRead(out var frame));
        source.Dispose();
        _opener.Dispose();
        using (frame)
        {
            Assert.True(frame.TryGetYuv420(out var planes));
            Assert.InRange(planes.Y[0], 79, 83); // Red's luma.
        }
        Assert.Throws<ObjectDisposedException>(() => frame.Width);
    }

    [Fact]
    public void A_video_that_is_left_in_the_middle_costs_the_next_nothing()
    {
        for (var i = 0; i < 3; i++)
        {
            using var source = Open(_opener, TestFiles.Video("moving.mp4"), default);
            Assert.True(source.TryRead(out var kept));
            Assert.True(source.TryRead(out var frame));
            frame.Dispose();
            source.Dispose();
            AssertEqualToThread(TestFiles.Video("quarters.mp4"));
            kept.Dispose();
        }
    }

    [Fact]
    public void A_frame_costs_no_allocation()
    {
        using var source = Open(_opener, TestFiles.Video("moving.mp4"), default);
        var allocations = new Allocations();
        for (var index = 0; source.TryRead(out var frame); index++)
        {
            if (index == 50)
                allocations = new Allocations();
            using (frame)
                Assert.True(frame.TryGetYuv420(out var planes) && planes.Y.Length >= 128 * 96);
            if (index == 398)
                Assert.InRange(allocations.Bytes, 0, allocations.Slack);
        }
    }

    private void AssertEqualToThread(string path, ProcessOpener? opener = null, int threads = 2)
    {
        using var here = VideoDecoder.Open(path, threads);
        using var there = Open(opener ?? _opener, path, default, threads);
        Assert.Equal(here.Info, there.Info);
        using var hereBgr = new BgrConverter();
        using var thereBgr = new BgrConverter();
        while (here.TryRead(out var one))
        {
            Assert.True(there.TryRead(out var other), $"{path}: {there.End}");
            using (one)
            using (other)
            {
                Assert.Equal(
                    (one.Index, one.Pts, one.Width, one.Height, one.PixelFormat, one.IsFullRange, one.IsDamaged),
                    (other.Index, other.Pts, other.Width, other.Height, other.PixelFormat, other.IsFullRange, other.IsDamaged));
                Assert.Equal(one.TryGetYuv420(out var ours), other.TryGetYuv420(out var theirs));
                var same = ours.Width > 0
                    ? RowsEqual(ours.Y, ours.StrideY, theirs.Y, theirs.StrideY, ours.Width, ours.Height)
                        && RowsEqual(ours.U, ours.StrideU, theirs.U, theirs.StrideU, (ours.Width + 1) / 2, (ours.Height + 1) / 2)
                        && RowsEqual(ours.V, ours.StrideV, theirs.V, theirs.StrideV, (ours.Width + 1) / 2, (ours.Height + 1) / 2)
                    : Bgr(hereBgr, one).SequenceEqual(Bgr(thereBgr, other));
                Assert.True(same, $"{path}: frame {one.Index} differs");
            }
        }
        Assert.False(there.TryRead(out _));
        Assert.Equal(here.End, there.End);
        Assert.Equal((here.CorruptPackets, here.DecodeErrors, here.BackwardJumps), (there.CorruptPackets, there.DecodeErrors, there.BackwardJumps));
    }

    private static int Count(IFrameSource source)
    {
        using (source)
        {
            while (source.TryRead(out var frame))
                frame.Dispose();
            return source.End!.Frames;
        }
    }

    private static bool RowsEqual(ReadOnlySpan<byte> one, int oneStride, ReadOnlySpan<byte> other, int otherStride, int width, int height)
    {
        for (var row = 0; row < height; row++)
        {
            if (!one.Slice(row * oneStride, width).SequenceEqual(other.Slice(row * otherStride, width)))
                return false;
        }
        return true;
    }

    private static byte[] Bgr(BgrConverter converter, DecodedFrame frame)
    {
        var bytes = new byte[3 * frame.Width * frame.Height];
        converter.Convert(frame, bytes);
        return bytes;
    }

    private static IFrameSource Open(ProcessOpener opener, string path, CancellationToken interrupt, int threads = 2)
    {
        using var header = opener.Open(path, interrupt);
        return header.Decode(threads);
    }
}
