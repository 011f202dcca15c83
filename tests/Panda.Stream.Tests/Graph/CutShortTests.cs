using Panda.Stream.Config;
using Panda.Stream.Graph;
using Panda.Stream.Models;
using Panda.Stream.Splitting;
using Panda.Stream.Telemetry;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Graph;

/// <summary>Videos that break off while their last frames still wait to be scored.</summary>
public sealed class CutShortTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Embedder _embedder = new(TinyModels.Card("embedder"), ModelOptions.Default);

    public void Dispose()
    {
        _embedder.Dispose();
        _folder.Dispose();
    }

    [Theory, InlineData(1), InlineData(2)]
    public async Task Every_frame_before_the_end_is_scored_and_cut(int decoderThreads)
    {
        var whole = File.ReadAllBytes(TestFiles.Video("moving.mkv"));
        var path = _folder.Write("short.mkv", [.. whole.AsSpan(0, whole.Length / 3)]);
        var config = new PipelineConfig { Split = new() { Embedder = "embedder", Transition = 2, Stitch = 0, Still = 0, Repeat = 0 } };
        await using var models = new LaneModels(config, _embedder, features: null);
        var output = new SlowScores();
        LaneVideo? video = new(new VideoInput("short", path), VideoText.None);
        var (next, seen) = (video, video);
        await new Lane(models.Options(config, new(1, decoderThreads, 1), 16, framesOfAClip: 0), output, new RunCounters(), error => throw error, CancellationToken.None)
            .RunAsync(() => Interlocked.Exchange(ref next, null));

        Assert.Equal("decode", seen.FailedStage);
        Assert.True(seen.Frames > 50);
        Assert.Equal(Enumerable.Range(0, seen.Frames), output.Scored);
        Assert.Equal(seen.Frames, output.Segments.Sum(segment => segment.Source.Segment.Length));
    }

    /// <summary>Takes long enough over each score that the decoder has met the end of the file before.</summary>
    private sealed class SlowScores : ILaneOutput
    {
        public List<int> Scored { get; } = [];

        public List<SegmentOutcome> Segments { get; } = [];

        public void Score(LaneVideo video, FrameScore score, long pts)
        {
            Scored.Add(score.Frame);
            Thread.Sleep(2);
        }

        public Task ClipAsync(VideoClip clip)
        {
            clip.Leave();
            return Task.CompletedTask;
        }

        public Task SegmentAsync(LaneVideo video, SegmentOutcome outcome)
        {
            Segments.Add(outcome);
            return Task.CompletedTask;
        }

        public Task VideoEndedAsync(LaneVideo video) => Task.CompletedTask;
    }
}
