using Panda.Stream.Export.Cutting;
using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Export.Cutting;

public sealed class ClipCutterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A decoded frame: when it is shown, and its luma row by row where it is 8-bit 4:2:0.</summary>
    private sealed record Shown(long Pts, int Width, int Height, byte[] Luma);

    [Theory]
    [InlineData("samples/beach_day.mp4")]
    [InlineData("samples/toy_circus.mp4")]
    [InlineData("Data/moving.mkv")]
    [InlineData("shared/vfr.mp4")]
    [InlineData("shared/ts.ts")]
    [InlineData("shared/editlist.mp4")]
    [InlineData("shared/delayed_start.mp4")]
    [InlineData("shared/w_641x360.webm")]
    [InlineData("shared/w_640x361.webm")]
    [InlineData("shared/issue-134-rotate.mp4")]
    public void A_cut_clip_has_the_frames_of_its_row_at_their_times(string name)
    {
        var video = PathOf(name);
        var (info, frames) = Decode(video, 90);
        // One frame, a few, and many; the last clip ends where decoding for the test did.
        var clips = new[] { (0, 1), (3, 10), (10, 40), (47, Math.Min(90, frames.Count - 1)) }.Where(span => span.Item1 < span.Item2 && span.Item2 < frames.Count)
            .Select((span, i) => Row(video, info, frames, i, span.Item1, span.Item2)).ToList();
        Assert.NotEmpty(clips);

        var cut = ClipCutter.Cut(video, clips, 1, clip => _folder.File(clip.ClipId + ".mp4"));

        foreach (var (clip, made) in clips.Zip(cut))
        {
            Assert.Null(made.Failure);
            var (cutInfo, cutFrames) = Decode(made.Path, int.MaxValue);
            Assert.Equal(clip.EndFrame - clip.StartFrame, cutFrames.Count);
            Assert.Equal((info.DisplayWidth / 2, info.DisplayHeight / 2, info.Rotation), (cutInfo.DisplayWidth / 2, cutInfo.DisplayHeight / 2, cutInfo.Rotation));
            for (var i = 0; i < cutFrames.Count; i++)
            {
                var source = frames[clip.StartFrame + i];
                Assert.Equal(info.Seconds(source.Pts) - info.Seconds(clip.StartPts), cutInfo.Seconds(cutFrames[i].Pts), 0.0006);
                AssertAlike(source, cutFrames[i], made.Copied ? 0 : 4);
            }
            Assert.Equal(info.Seconds(clip.EndPts) - info.Seconds(clip.StartPts), cutInfo.DurationSeconds!.Value, 0.05);
        }
    }

    [Fact]
    public void Between_key_frames_packets_are_copied_and_pixels_stay()
    {
        var video = PathOf("samples/beach_day.mp4");
        var (info, frames) = Decode(video, int.MaxValue);
        var keys = KeyFrames(video).Select(pts => frames.FindIndex(frame => frame.Pts == pts)).Where(frame => frame >= 0).Append(frames.Count).Order().ToArray();
        Assert.True(keys.Length >= 3, $"{keys.Length} key frames");
        var clips = new[] { Row(video, info, frames, 0, keys[0], keys[1]), Row(video, info, frames, 1, keys[1], keys[2]) };

        var cut = ClipCutter.Cut(video, clips, 1, clip => _folder.File(clip.ClipId + ".mp4"));

        Assert.Equal([true, true], cut.Select(clip => clip.Copied));
        foreach (var (clip, made) in clips.Zip(cut))
        {
            var copied = Decode(made.Path, int.MaxValue).Frames;
            Assert.Equal(clip.EndFrame - clip.StartFrame, copied.Count);
            for (var i = 0; i < copied.Count; i++)
                Assert.Equal(frames[clip.StartFrame + i].Luma, copied[i].Luma);
        }
    }

    [Fact]
    public void A_clip_of_another_file_or_beyond_the_end_fails_alone()
    {
        var video = PathOf("samples/beach_day.mp4");
        var (info, frames) = Decode(video, 60);
        var good = Row(video, info, frames, 0, 5, 20);
        var moved = Row(video, info, frames, 1, 22, 30) with { StartPts = good.StartPts + 1 };
        var beyond = Row(video, info, frames, 2, 40, 50) with { StartFrame = 1_000_000, EndFrame = 1_000_010 };

        var cut = ClipCutter.Cut(video, [good, moved, beyond], 1, clip => _folder.File(clip.ClipId + ".mp4"));

        Assert.Null(cut[0].Failure);
        Assert.Contains("it is not the file that was split", cut[1].Failure);
        Assert.Contains("expected at least 1000010 frames", cut[2].Failure);
    }

    private static void AssertAlike(Shown source, Shown cut, double most)
    {
        Assert.Equal((source.Width & ~1, source.Height & ~1), (cut.Width & ~1, cut.Height & ~1));
        if (source.Luma.Length == 0)
            return;
        var difference = 0L;
        for (var y = 0; y < cut.Height; y++)
            for (var x = 0; x < cut.Width; x++)
                difference += Math.Abs(source.Luma[y * source.Width + x] - cut.Luma[y * cut.Width + x]);
        Assert.True(difference <= most * cut.Width * cut.Height, $"mean difference {(double)difference / (cut.Width * cut.Height)}");
    }

    private static (VideoStreamInfo Info, List<Shown> Frames) Decode(string path, int most)
    {
        using var decoder = VideoDecoder.Open(path, 1);
        var frames = new List<Shown>();
        while (frames.Count <= most && decoder.TryRead(out var frame))
        {
            using (frame)
                frames.Add(new(frame.Pts, frame.Width, frame.Height, Luma(frame)));
        }
        return (decoder.Info, frames);
    }

    private static byte[] Luma(DecodedFrame frame)
    {
        if (!frame.TryGetYuv420(out var planes))
            return [];
        var luma = new byte[planes.Width * planes.Height];
        for (var y = 0; y < planes.Height; y++)
            planes.Y.Slice(y * planes.StrideY, planes.Width).CopyTo(luma.AsSpan(y * planes.Width));
        return luma;
    }

    private static ClipRow Row(string video, VideoStreamInfo info, List<Shown> frames, int number, int start, int end) => ExportParts.Clip("v", number) with
    {
        Source = video, StartFrame = start, EndFrame = end, TimeBase = info.TimeBase, StartPts = frames[start].Pts,
        EndPts = end < frames.Count ? frames[end].Pts : frames[^1].Pts + (frames[^1].Pts - frames[^2].Pts),
    };

    private static List<long> KeyFrames(string video)
    {
        using var input = MediaInput.Open(video);
        using var packet = new Packet();
        var stream = input.FindBestVideo();
        var keys = new List<long>();
        for (; input.Read(packet) >= 0; packet.Clear())
            if (packet.StreamIndex == stream && packet.IsKey)
                keys.Add(packet.Pts!.Value);
        return keys;
    }

    private static string PathOf(string name) => name.Split('/', 2) switch
    {
        ["shared", var file] => SharedVideos.Path(file),
        ["Data", var file] => TestFiles.Video(file),
        _ => Repository.File(name),
    };
}
