using Panda.Stream.Graph;
using Panda.Stream.Models;
using Panda.Stream.Splitting;
using Panda.Stream.Telemetry;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Splitting;

/// <summary>The frames of single clips, fetched again, against those that were kept when the whole video streamed through.</summary>
public sealed class RecordedFramesTests
{
    private sealed class Collected : ILaneOutput
    {
        public List<VideoClip> Clips { get; } = [];
        public List<EmbeddedSegment> Segments { get; } = [];
        public LaneVideo? Video { get; private set; }

        public void Score(LaneVideo video, FrameScore score, long pts)
        {
        }

        public Task ClipAsync(VideoClip clip)
        {
            Clips.Add(clip);
            return Task.CompletedTask;
        }

        public Task SegmentAsync(LaneVideo video, SegmentOutcome outcome)
        {
            Segments.Add(outcome.Source);
            return Task.CompletedTask;
        }

        public Task VideoEndedAsync(LaneVideo video)
        {
            Video = video;
            return Task.CompletedTask;
        }
    }

    [Theory]
    [InlineData("moving.mp4", true)]
    [InlineData("moving.mkv", true)]
    [InlineData("back.ts", false)]
    [InlineData("sizes.ts", false)]
    [InlineData("turned90.mp4", false)]
    [InlineData("raw.h264", false)]
    [InlineData("million.mp4", false)]
    [InlineData("samples/beach_day.mp4", true)]
    [InlineData("shared/editlist.mp4", true)]
    [InlineData("shared/ts.ts", false)]
    [InlineData("shared/goldeneye-vfr-drop3.mp4", true)]
    [InlineData("shared/cfr_ms.mkv", true)]
    public async Task The_frames_of_a_clip_are_those_that_were_kept(string name, bool isLong)
    {
        var path = name.StartsWith("samples/", StringComparison.Ordinal) ? Repository.File(name)
            : name.StartsWith("shared/", StringComparison.Ordinal) ? SharedVideos.Path(name["shared/".Length..]) : TestFiles.Video(name);
        var whole = await SplitAsync(path);
        Assert.NotEmpty(whole.Clips);

        var decoded = 0;
        using (var frames = Frames(path, whole, count => decoded += count))
            Assert.All(whole.Clips, clip => AssertSame(clip.Frames, frames.Of(clip.Clip)));
        Assert.InRange(decoded, 1, whole.Video!.Frames);

        // Each alone, and backwards.
        var last = 0;
        using (var frames = Frames(path, whole, count => last += count))
        {
            AssertSame(whole.Clips[^1].Frames, frames.Of(whole.Clips[^1].Clip));
            if (isLong)
                Assert.True(last < whole.Video.Frames * 3 / 4, $"{last} of {whole.Video.Frames} frames were decoded for the last clip");
            AssertSame(whole.Clips[0].Frames, frames.Of(whole.Clips[0].Clip));
        }
    }

    private static RecordedFrames Frames(string path, Collected whole, Action<int> decoded) => new(
        path, whole.Segments, whole.Video!.Facts.Fps, whole.Video.Facts.TimeBase.ToDouble(), whole.Video.IsSeekable, threads: 2, shortSide: 32, framesPerSecond: 8, decoded);

    private static async Task<Collected> SplitAsync(string path)
    {
        var collected = new Collected();
        using var embedder = new Embedder(TinyModels.Card("embedder"), new ModelOptions());
        var settings = new SplitSettings { Transition = 2, Stitch = 0, Still = 0, Repeat = 0, SegmentLength = 1, SegmentSlack = 0, ShortestClip = 0 };
        var options = new LaneOptions(settings, embedder.Thresholds, frame => Task.FromResult(embedder.Embed([frame])[0]), null, DecoderThreads: 2, KeptShortSide: 32, KeptPerSecond: 8,
            new MemoryBudget(1 << 30), Capacities.For(largestBatch: 8, decoderThreads: 2));
        var videos = new Queue<LaneVideo>([new LaneVideo(new VideoInput("video", path), VideoText.None)]);
        await new Lane(options, collected, new RunCounters(), error => throw error, CancellationToken.None).RunAsync(() => videos.TryDequeue(out var next) ? next : null);
        collected.Segments.Sort((a, b) => a.Segment.Index.CompareTo(b.Segment.Index));
        return collected;
    }

    private static void AssertSame(IReadOnlyList<KeptFrame> expected, IReadOnlyList<KeptFrame> found)
    {
        Assert.Equal(expected.Select(frame => (frame.Index, frame.Pts, frame.Width, frame.Height)), found.Select(frame => (frame.Index, frame.Pts, frame.Width, frame.Height)));
        Assert.All(expected.Zip(found), pair => Assert.True(pair.First.Rgb.AsSpan().SequenceEqual(pair.Second.Rgb), $"frame {pair.First.Index} has other pixels"));
    }
}
