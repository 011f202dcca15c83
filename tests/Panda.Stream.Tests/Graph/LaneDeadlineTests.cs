using System.Diagnostics;
using Panda.Stream.Config;
using Panda.Stream.Graph;
using Panda.Stream.Models;
using Panda.Stream.Splitting;
using Panda.Stream.Telemetry;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;
using Panda.Stream.Videos.Isolation;

namespace Panda.Stream.Tests.Graph;

/// <summary>Decoders that really hang: in the kernel, at a pipe that trickles, in a process that stands still. Each costs its video, and the lane goes on.</summary>
public sealed class LaneDeadlineTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly string Sound = TestFiles.Video("moving.mp4");

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly Embedder _embedder = new(TinyModels.Card("embedder"), ModelOptions.Default);

    public void Dispose()
    {
        _embedder.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_thread_that_is_stuck_is_left_behind_and_may_come_back_later()
    {
        var pipe = Pipe();
        var opener = new UnlookedOpener();

        // open(2) of a pipe waits in the kernel for a writer: nothing can interrupt it.
        var running = RunAsync([pipe, Sound], () => opener, new DecodeDeadlines(Minute, null, 0, _time));
        await opener.Opening.Task;
        await _time.RingNextAsync(); // the deadline
        await _time.RingNextAsync(); // and the grace after it
        var videos = await running;

        Assert.Matches(@"^found no frame after [0-9.]+ s of work, expected one within deadlines\.frame_s; its thread is stuck in it and was left behind$", videos[0].Failure);
        Assert.Equal((null, 400), (videos[1].Failure, videos[1].Frames));

        using (new FileStream(pipe, FileMode.Open, FileAccess.Write))
        {
        }
        Assert.True(await opener.CameBack.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(0, videos[0].Frames);
    }

    [Fact]
    public async Task A_pipe_that_trickles_is_interrupted()
    {
        var pipe = Pipe();
        using var done = new CancellationTokenSource();
        var feeding = Task.Run(async () =>
        {
            using var writer = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.Read, 0);
            try
            {
                foreach (var some in File.ReadAllBytes(TestFiles.Video("moving.mkv")).Chunk(10))
                {
                    writer.Write(some);
                    await Task.Delay(20, done.Token);
                }
            }
            catch (Exception ended) when (ended is IOException or OperationCanceledException)
            {
            }
        });

        var opener = new UnlookedOpener();
        var running = RunAsync([pipe, Sound], () => opener, new(Minute, null, 0, _time));
        await opener.Opening.Task;
        await _time.RingNextAsync();
        var videos = await running;

        await done.CancelAsync();
        await feeding;
        Assert.Matches(@"^found no frame after [0-9.]+ s of work, expected one within deadlines\.frame_s$", videos[0].Failure);
        Assert.Equal((null, 400), (videos[1].Failure, videos[1].Frames));
    }

    [Fact]
    public async Task A_process_that_stands_still_is_killed_and_the_next_video_gets_another()
    {
        var opener = new StandingOpener();

        var running = RunAsync([Sound, Sound], () => opener, new(Minute, null, 0, _time));
        await opener.Standing.Task;
        await _time.RingNextAsync();
        var videos = await running;

        Assert.Matches(@"^found no frame after [0-9.]+ s of work, expected one within deadlines\.frame_s$", videos[0].Failure);
        Assert.Equal((null, 400), (videos[1].Failure, videos[1].Frames));
    }

    [Fact]
    public async Task A_video_that_takes_too_long_as_a_whole_is_broken_off()
    {
        var videos = await RunAsync([Sound], () => new ThreadOpener(), new(null, TimeSpan.FromMilliseconds(2), 0, TimeProvider.System));
        Assert.Matches(@"^found [0-9.]+ s of decoding for [0-9.]+ s of video, expected no more than deadlines\.video_s and video_per_second allow", videos[0].Failure);
        Assert.InRange(videos[0].Frames, 0, 399);

        // The same allowance for each second of it is plenty.
        Assert.Null((await RunAsync([Sound], () => new ThreadOpener(), new(null, TimeSpan.FromSeconds(60), 60, TimeProvider.System)))[0].Failure);
    }

    private async Task<List<LaneVideo>> RunAsync(string[] paths, Func<IVideoOpener> opener, DecodeDeadlines deadlines)
    {
        var config = new PipelineConfig { Split = new() { Embedder = "embedder", Transition = 2, Stitch = 0, Still = 0, Repeat = 0 } };
        await using var models = new LaneModels(config, _embedder, features: null);
        var options = models.Options(config, new(1, 1, 1), 16, framesOfAClip: 0) with { Opener = opener, Deadlines = deadlines };
        var output = new Ends();
        var waiting = new Queue<string>(paths);
        Exception? fault = null;
        var lane = new Lane(options, output, new RunCounters(), error => fault = error, CancellationToken.None);
        await lane.RunAsync(() => waiting.TryDequeue(out var path) ? new LaneVideo(new VideoInput(Path.GetFileName(path), path), VideoText.None) : null)
            .WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Null(fault);
        return output.Videos;
    }

    private string Pipe()
    {
        var path = _folder.File("pipe.mkv");
        using var made = Process.Start("mkfifo", [path]);
        made.WaitForExit();
        return path;
    }

    private sealed class Ends : ILaneOutput
    {
        public List<LaneVideo> Videos { get; } = [];

        public void Score(LaneVideo video, FrameScore score, long pts)
        {
        }

        public Task ClipAsync(VideoClip clip) => Task.CompletedTask;

        public Task SegmentAsync(LaneVideo video, SegmentOutcome outcome) => Task.CompletedTask;

        public Task VideoEndedAsync(LaneVideo video)
        {
            Videos.Add(video);
            return Task.CompletedTask;
        }
    }

    /// <summary>Opens pipes too.</summary>
    private sealed class UnlookedOpener : IVideoOpener
    {
        public TaskCompletionSource Opening { get; } = new();
        public TaskCompletionSource<bool> CameBack { get; } = new();

        public IVideoHeader Open(string path, CancellationToken interrupt)
        {
            Opening.TrySetResult();
            return VideoHeader.ReadUnlooked(path, 1 << 30, interrupt);
        }

        public void Dispose() => CameBack.TrySetResult(true);
    }

    /// <summary>A process that is stopped once it has opened its first video.</summary>
    private sealed class StandingOpener : IVideoOpener
    {
        private readonly ProcessOpener _opener = new(Capacities.For(1, 2).MostFrames, null);

        public TaskCompletionSource Standing { get; } = new();

        public IVideoHeader Open(string path, CancellationToken interrupt)
        {
            var source = _opener.Open(path, interrupt);
            if (!Standing.Task.IsCompleted)
            {
                Signals.Send(_opener.ProcessId!.Value, Signals.Stop);
                Standing.SetResult();
            }
            return source;
        }

        public void Dispose() => _opener.Dispose();
    }
}
