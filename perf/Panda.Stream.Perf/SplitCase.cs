using System.Globalization;
using System.Text.Json;
using Panda.Stream.Config;
using Panda.Stream.Graph;
using Panda.Stream.Splitting;
using Panda.Stream.Telemetry;
using Panda.Stream.Vectors;
using Panda.Stream.Videos;

namespace Panda.Stream.Perf;

/// <summary>
/// What splitting costs over bare decoding, one video at a time:
///     decode:  libavcodec, frames thrown away
///     score:   + content score of every frame
///     keep:    + cuts, and the frames that models may want, made small; in a lane of the pipeline, whose embedder answers at once
///     embed:   + the embedder, and stage 2
///     all:     + the features that tell how coherent clips are, where the configuration names a model for them
/// Each round runs them one after the other, so that a noisy machine is noisy for all.
/// </summary>
internal static class SplitCase
{
    private const int Rounds = 5;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var json = arguments.Contains("--json");
        var threadsAt = Array.IndexOf(arguments, "--threads");
        var threads = threadsAt >= 0 ? int.Parse(arguments[threadsAt + 1], CultureInfo.InvariantCulture) : Environment.ProcessorCount;
        var bound = PipelineConfig.Load(PandaHome.Pipeline, [], PipelineScope.Splitting);
        if (bound.Value is not { } config)
        {
            foreach (var diagnostic in bound.Diagnostics)
                Console.Error.WriteLine(diagnostic);
            return 2;
        }
        var videos = VideoInputs.Find([.. arguments.Where((argument, at) => argument != "--json" && (threadsAt < 0 || (at != threadsAt && at != threadsAt + 1)))]).Videos;
        using var embedder = ModelSet.LoadEmbedder(config, ThreadBudget.Of(config, videos.Count).ModelThreads);
        using var features = ModelSet.LoadFeatures(config, ThreadBudget.Of(config, videos.Count).ModelThreads);
        await using var models = new LaneModels(config, embedder, features);
        var shortSide = new[] { embedder.PictureSize, features?.PictureSize ?? default }.Max(size => Math.Max(size.Width, size.Height));
        var everything = models.Options(config, new ThreadBudget(1, threads, 1), shortSide, framesOfAClip: 0);
        var embedding = everything with { Coherence = null };
        var feature = await everything.Embed(new KeptFrame(0, 0, 1, 1, new byte[3]));
        var keeping = embedding with { Embed = _ => Task.FromResult(feature) };
        var settings = everything.Split;
        (string Name, Func<VideoInput, Task<long>> Work)[] cases =
        [
            ("decode", video => Task.FromResult(Decode(video.Path, threads, scorer: null))),
            ("score", video => Task.FromResult(Decode(video.Path, threads, info => new FrameScorer(settings.Downscale, info.Rotation)))),
            ("keep", video => LaneAsync(video, keeping)),
            ("embed", video => LaneAsync(video, embedding)),
            ("all", video => LaneAsync(video, everything)),
        ];

        if (!json)
            Console.WriteLine($"""
                {Environment.ProcessorCount} cores, decoder threads {threads}, score in vectors of {VectorBits.Fastest} bits, kept frames {shortSide} pixels on their short side; medians of {Rounds} rounds

                | video | part | frames/s | of decode alone | frames/s a core | core ms a frame | range of rounds, s |
                |---|---|---|---|---|---|---|
                """);
        foreach (var video in videos)
        {
            var taken = cases.ToDictionary(one => one.Name, _ => new List<Taken>());
            long frames = 0;
            for (var round = -1; round < Rounds; round++)
            {
                foreach (var (name, work) in cases)
                {
                    (var count, var time) = await Measuring.TimeAsync(() => work(video));
                    if (frames != 0 && count != frames)
                        throw new InvalidOperationException($"'{name}' saw {count} frames, another case {frames}.");
                    frames = count;
                    if (round >= 0)
                        taken[name].Add(time); // the first round warms up the JIT, the models and the disk's cache
                }
            }
            double Speed(string name) => frames / Measuring.Median(taken[name].Select(time => time.Seconds));
            double PerCore(string name) => frames / Measuring.Median(taken[name].Select(time => time.CpuSeconds));
            double Ratio(string name) => Measuring.Ratio(taken["decode"], taken[name]);
            var reference = PySceneDetect.FramesPerSecond(video.Path, Rounds);
            if (json)
            {
                Console.WriteLine(JsonSerializer.Serialize(new
                {
                    video = video.Path,
                    frames,
                    decode_fps = Math.Round(Speed("decode"), 1),
                    score_fps = Math.Round(Speed("score"), 1),
                    keep_fps = Math.Round(Speed("keep"), 1),
                    all_fps = Math.Round(Speed("all"), 1),
                    ratio = Math.Round(Ratio("keep"), 3),
                    score_ratio = Math.Round(Ratio("score"), 3),
                    all_ratio = Math.Round(Ratio("all"), 3),
                    fps_per_core = Math.Round(PerCore("all"), 1),
                    pyscenedetect_fps = reference,
                }));
                continue;
            }
            foreach (var (name, _) in cases)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {video.VideoId} | {name} | {Speed(name):0} | {Ratio(name):0.000} | {PerCore(name):0} | {1000 / PerCore(name):0.000} | {taken[name].Min(time => time.Seconds):0.00} - {taken[name].Max(time => time.Seconds):0.00} |"));
            }
            Console.WriteLine(reference is { } fps
                ? string.Create(CultureInfo.InvariantCulture, $"| {video.VideoId} | PySceneDetect {PySceneDetect.Version} | {fps:0} | {fps / Speed("decode"):0.000} | | | |")
                : $"| {video.VideoId} | PySceneDetect: python3 has no scenedetect here | | | | | |");
        }
        return 0;
    }

    private static long Decode(string path, int threads, Func<VideoStreamInfo, FrameScorer>? scorer)
    {
        using var decoder = VideoDecoder.Open(path, threads);
        using var score = scorer?.Invoke(decoder.Info);
        long frames = 0;
        for (; decoder.TryRead(out var frame); frames++)
        {
            score?.Score(frame);
            frame.Dispose();
        }
        return frames;
    }

    private static async Task<long> LaneAsync(VideoInput video, LaneOptions options)
    {
        var counters = new RunCounters();
        Exception? fault = null;
        LaneVideo? next = new(video, VideoText.None);
        await new Lane(options, new Nowhere(), counters, error => fault = error, CancellationToken.None).RunAsync(() => Interlocked.Exchange(ref next, null));
        return fault is null ? counters.Frames : throw fault;
    }

    private sealed class Nowhere : ILaneOutput
    {
        public void Score(LaneVideo video, ContentScore score, long pts)
        {
        }

        public Task ClipAsync(VideoClip clip)
        {
            clip.Leave();
            return Task.CompletedTask;
        }

        public Task SegmentAsync(LaneVideo video, SegmentOutcome outcome) => Task.CompletedTask;

        public Task VideoEndedAsync(LaneVideo video) =>
            video.Failure is { } reason ? throw new InvalidOperationException($"{video.Input.Path}: {reason}") : Task.CompletedTask;
    }
}
