using System.Globalization;
using Panda.Stream.Config;
using Panda.Stream.Graph;
using Panda.Stream.Models;
using Panda.Stream.Shards;
using Panda.Stream.Videos;

namespace Panda.Stream.Perf;

/// <summary>
/// What each part of the pipeline costs over bare decoding:
///     decode:  videos -> decode
///     split:   videos -> decode -> score -> cut -> stitch
///     run:     videos -> decode -> score -> cut -> stitch -> clips -> teachers -> select -> shards
/// Each round runs all three, one after the other, so that a noisy machine is noisy for all.
/// </summary>
internal static class PipelineCase
{
    private const int Rounds = 5;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var overrides = arguments.Length == 0 ? [] : new[] { Override.Option("VIDEO", "input", arguments[0]) };
        var bound = PipelineConfig.Load(PandaHome.Pipeline, overrides);
        if (bound.Value is not { } config)
        {
            foreach (var diagnostic in bound.Diagnostics)
                Console.Error.WriteLine(diagnostic);
            return 2;
        }
        var inputs = VideoInputs.Find(arguments.Length == 0 ? [config.Input] : arguments);
        var threads = ThreadBudget.Of(config, inputs.Videos.Count);
        using var models = ModelSet.Load(config, threads.ModelThreads);

        var (decode, split, run) = (new List<double>(), new List<double>(), new List<double>());
        long frames = 0, clips = 0;
        double seconds = 0;
        for (var round = -1; round < Rounds; round++)
        {
            var (decoded, decodeTime) = await SecondsAsync(() => DecodeAsync(inputs.Videos, threads));
            var (splitted, splitTime) = await SecondsAsync(() => SplitAsync(config, models.Embedder, inputs.Videos));
            var (report, runTime) = await SecondsAsync(() => RunAsync(config, inputs, models));
            if (decoded != splitted)
                throw new InvalidOperationException($"Splitting saw {splitted} frames, decoding alone {decoded}.");
            if (report.Mismatches() is [var mismatch, ..])
                throw new InvalidOperationException(mismatch);
            (frames, clips, seconds) = (decoded, report.Clips.Rows, report.VideoSeconds);
            if (round < 0)
                continue; // the first round warms up the JIT, the models and the disk's cache
            decode.Add(decodeTime);
            split.Add(splitTime);
            run.Add(runTime);
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round + 1}: decode {decodeTime:0.00} s, split {splitTime:0.00} s, run {runTime:0.00} s"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {inputs.Videos.Count} videos, {frames} frames, {seconds:0.0} s of video, {clips} clips; {Environment.ProcessorCount} cores, {threads.Lanes} lanes of {threads.DecoderThreads} decoder threads; medians of {Rounds} rounds

            | part | frames/s | of decode alone | video hours per hour | range of rounds, s |
            |---|---|---|---|---|
            {Row("decode alone", decode)}
            {Row("splitting", split)}
            {Row("whole run", run)}
            """));
        return 0;

        string Row(string name, List<double> times) => string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {frames / Measuring.Median(times):0} | {Measuring.Median([.. decode.Zip(times, (alone, time) => alone / time)]):0.00} | {seconds / Measuring.Median(times):0} | {times.Min():0.00} - {times.Max():0.00} |");
    }

    private static async Task<long> DecodeAsync(IReadOnlyList<VideoInput> videos, ThreadBudget threads)
    {
        long frames = 0;
        await Parallel.ForEachAsync(videos, new ParallelOptions { MaxDegreeOfParallelism = threads.Lanes }, (video, _) =>
        {
            using var decoder = OpenOrNull(video.Path, threads.DecoderThreads);
            while (decoder is not null && decoder.TryRead(out var frame))
            {
                frame.Dispose();
                Interlocked.Increment(ref frames);
            }
            return ValueTask.CompletedTask;
        });
        return frames;
    }

    private static VideoDecoder? OpenOrNull(string path, int threads)
    {
        try
        {
            return VideoDecoder.Open(path, threads);
        }
        catch (VideoException)
        {
            return null; // the other two set it aside as well
        }
    }

    private static async Task<long> SplitAsync(PipelineConfig config, Embedder embedder, IReadOnlyList<VideoInput> videos)
    {
        var run = new SplitRun(config, embedder, features: null, scoresFolder: null, _ => { });
        await run.RunAsync(videos, CancellationToken.None);
        return run.Counters.Frames;
    }

    private static async Task<RunReport> RunAsync(PipelineConfig config, VideoInputs inputs, ModelSet models)
    {
        var path = Directory.CreateTempSubdirectory("panda-perf-").FullName;
        try
        {
            using var folder = OutputFolder.Claim(path);
            await using var run = new PipelineRun(config, inputs, models, folder, CancellationToken.None);
            return await run.RunAsync();
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static async Task<(T Result, double Seconds)> SecondsAsync<T>(Func<Task<T>> work)
    {
        var (result, taken) = await Measuring.TimeAsync(work);
        return (result, taken.Seconds);
    }
}
