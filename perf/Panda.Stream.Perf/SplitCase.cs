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
/// What splitting costs over bare decoding:
///     decode:  libavcodec, frames thrown away
///     score:   + content score of every frame
///     keep:    + cuts, and the frames that models may want, made small; in a lane of the pipeline, whose embedder answers at once
///     embed:   + the embedder, and stage 2
///     all:     + the features that tell how coherent clips are, where the configuration names a model for them
///     decode, process; all, process: the same with decoders in child processes (decode.isolation: process), started before
/// Each round runs them one after the other, so that a noisy machine is noisy for all.
/// </summary>
internal static class SplitCase
{
    private const int Rounds = 5;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var rest = arguments.ToList();
        var json = rest.Remove("--json");
        var threads = Take("--threads") ?? 1;
        var atOnce = Take("--at-once") ?? Math.Max(1, Environment.ProcessorCount / threads);
        var bound = PipelineConfig.Load(PandaHome.Pipeline, [], PipelineScope.Splitting);
        if (bound.Value is not { } config)
        {
            foreach (var diagnostic in bound.Diagnostics)
                Console.Error.WriteLine(diagnostic);
            return 2;
        }
        var videos = VideoInputs.Find([.. rest]).Videos;
        var budget = new ThreadBudget(atOnce, threads, 1);
        using var embedder = ModelSet.LoadEmbedder(config, budget.ModelThreads);
        using var features = ModelSet.LoadFeatures(config, budget.ModelThreads);
        await using var models = new LaneModels(config, embedder, features);
        var shortSide = new[] { embedder.PictureSize, features?.PictureSize ?? default }.Max(size => Math.Max(size.Width, size.Height));
        var everything = models.Options(config, budget, shortSide, framesOfAClip: 0);
        var embedding = everything with { Coherence = null };
        var feature = await everything.Embed(new KeptFrame(0, 0, 1, 1, new byte[3]));
        var keeping = embedding with { Embed = _ => Task.FromResult(feature) };
        var settings = everything.Split;
        var apart = VideoOpeners.Of(config with { Decode = config.Decode with { Isolation = DecodeIsolation.Process } }, everything.Capacities, null);
        var children = Enumerable.Range(0, atOnce).Select(_ => apart()).ToArray();
        (string Name, Func<VideoInput, int, Task<long>> Work)[] cases =
        [
            ("decode", (video, _) => Task.FromResult(Frames(VideoDecoder.Open(video.Path, threads), scorer: null))),
            ("score", (video, _) => Task.FromResult(Frames(VideoDecoder.Open(video.Path, threads), info => FrameAnalyzers.OnCpu(settings, info.Rotation)))),
            ("keep", (video, _) => LaneAsync(video, keeping)),
            ("embed", (video, _) => LaneAsync(video, embedding)),
            ("all", (video, _) => LaneAsync(video, everything)),
            ("decode, process", (video, lane) => Task.FromResult(DecodeApart(children[lane], video.Path, threads))),
            ("all, process", (video, lane) => LaneAsync(video, everything with { Opener = () => new Lent(children[lane]) })),
        ];

        if (!json)
            Console.WriteLine($"""
                {Environment.ProcessorCount} cores, each video {atOnce} times at once on {threads} decoder threads each; score in vectors of {VectorBits.Fastest} bits, kept frames {shortSide} pixels on their short side; medians of {Rounds} rounds

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
                    (var count, var time) = await Measuring.TimeAsync(async () =>
                        (await Task.WhenAll(Enumerable.Range(0, atOnce).Select(lane => Task.Run(() => work(video, lane))))).Sum());
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
            var reference = PySceneDetect.FramesPerSecond(video.Path, Rounds, 1);
            var several = PySceneDetect.FramesPerSecond(video.Path, Rounds, atOnce);
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
                    process_ratio = Math.Round(Ratio("decode, process"), 3),
                    all_process_ratio = Math.Round(Measuring.Ratio(taken["all"], taken["all, process"]), 3),
                    fps_per_core = Math.Round(PerCore("all"), 1),
                    pyscenedetect_fps = reference,
                    pyscenedetect_at_once_fps = several,
                }));
                continue;
            }
            foreach (var (name, _) in cases)
            {
                // The time of child processes is not this one's, so that nothing can be said of it per core.
                var perCore = name.EndsWith("process", StringComparison.Ordinal) ? " | |" : string.Create(CultureInfo.InvariantCulture, $" {PerCore(name):0} | {1000 / PerCore(name):0.000} |");
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {video.VideoId} | {name} | {Speed(name):0} | {Ratio(name):0.000} |{perCore} {taken[name].Min(time => time.Seconds):0.00} - {taken[name].Max(time => time.Seconds):0.00} |"));
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {video.VideoId} | all, process: of all in threads | | {Measuring.Ratio(taken["all"], taken["all, process"]):0.000} | | | |"));
            if (PySceneDetect.Version is null)
                Console.WriteLine($"| {video.VideoId} | PySceneDetect: python3 has no scenedetect here | | | | | |");
            foreach (var (fps, processes) in new[] { (reference, 1), (several, atOnce) }.DistinctBy(one => one.Item2))
                if (fps is { } speed)
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $"| {video.VideoId} | PySceneDetect {PySceneDetect.Version}, {processes} at once | {speed:0} | {speed / Speed("decode"):0.000}; keep is {Speed("keep") / speed:0.00} times as fast | | | |"));
        }
        foreach (var child in children)
            child.Dispose();
        return 0;

        int? Take(string option)
        {
            var at = rest.IndexOf(option);
            if (at < 0)
                return null;
            var text = at + 1 < rest.Count ? rest[at + 1] : "nothing";
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
                throw new ArgumentException($"{option}: found {text}, expected a whole number above 0");
            rest.RemoveRange(at, 2);
            return number;
        }
    }

    private static long Frames(IFrameSource source, Func<VideoStreamInfo, FrameScorer>? scorer)
    {
        using var decoder = source;
        using var score = scorer?.Invoke(decoder.Info);
        long frames = 0;
        for (; decoder.TryRead(out var frame); frames++)
        {
            score?.Score(frame);
            frame.Dispose();
        }
        return frames;
    }

    private static long DecodeApart(IVideoOpener opener, string path, int threads)
    {
        using var header = opener.Open(path, CancellationToken.None);
        return Frames(header.Decode(threads), scorer: null);
    }

    private static async Task<long> LaneAsync(VideoInput video, LaneOptions options)
    {
        var counters = new RunCounters();
        Exception? fault = null;
        LaneVideo? next = new(video, VideoText.None);
        await new Lane(options, new Nowhere(), counters, error => fault = error, CancellationToken.None).RunAsync(() => Interlocked.Exchange(ref next, null));
        return fault is null ? counters.Frames : throw fault;
    }

    /// <summary>An opener that outlives the lane, so that starting its process is not measured.</summary>
    private sealed class Lent(IVideoOpener opener) : IVideoOpener
    {
        public IVideoHeader Open(string path, CancellationToken interrupt) => opener.Open(path, interrupt);

        public void Dispose()
        {
        }
    }

    private sealed class Nowhere : ILaneOutput
    {
        public void Score(LaneVideo video, FrameScore score, long pts)
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
