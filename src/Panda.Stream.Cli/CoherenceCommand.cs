using System.CommandLine;
using System.Globalization;
using Panda.Stream.Config;
using Panda.Stream.Graph;
using Panda.Stream.Models;
using Panda.Stream.Native;
using Panda.Stream.Shards;
using Panda.Stream.Tuning;
using Panda.Stream.Videos;

namespace Panda.Stream.Cli;

/// <summary><c>coherence</c>: the paper's Table 2 for one's own videos.</summary>
internal static class CoherenceCommand
{
    public static Command Create()
    {
        var videos = new Argument<string[]>("VIDEO") { Description = "Videos: files, folders, globs or .txt lists.", Arity = ArgumentArity.OneOrMore };
        var file = new Option<string>("--config") { Description = "The pipeline; without it the reference pipeline.yaml.", HelpName = "pipeline.yaml", DefaultValueFactory = _ => PandaHome.Pipeline };
        var set = CommonOptions.Set();
        var command = new Command("coherence", "Compares length and Max Running LPIPS of subtitle lines, shots and clips, as the paper's Table 2.") { videos, file, set };
        command.SetAction(async parsed =>
        {
            var bound = PipelineConfig.Load(parsed.GetRequiredValue(file), [.. parsed.GetRequiredValue(set).Select(Override.Set)], PipelineScope.Splitting);
            return bound.Value is { } config
                ? await CompareAsync(config, parsed.GetRequiredValue(videos)).ConfigureAwait(false)
                : ConfigErrors.Print(bound.Diagnostics, parsed.GetRequiredValue(file), Console.Error);
        });
        return command;
    }

    private static async Task<int> CompareAsync(PipelineConfig config, string[] videos)
    {
        try
        {
            var inputs = VideoInputs.Find(videos);
            foreach (var failed in inputs.Failed)
                Console.Error.WriteLine(TerminalText.Harmless($"panda: {failed.Path}: failed: {failed.Reason}"));
            using var embedder = ModelSet.LoadEmbedder(config, ThreadBudget.Of(config, inputs.Videos.Count).ModelThreads);
            using var features = ModelSet.LoadFeatures(config, ThreadBudget.Of(config, inputs.Videos.Count).ModelThreads);
            if (features is null)
                return CommonOptions.Refuse("coherence.model: found none, expected the model to measure with");
            var reports = new List<SplitReport>();
            var run = new SplitRun(config, embedder, features, scoresFolder: null, report =>
            {
                lock (reports)
                    reports.Add(report);
            });
            using var stop = new StopSignal();
            var running = Task.Run(() => run.RunAsync(inputs.Videos, stop.Asked));
            await ProgressView.ShowStopAsync(running, run.Snapshot, stop.Asked).ConfigureAwait(false);
            await running.ConfigureAwait(false);
            var order = inputs.Videos.Index().ToDictionary(video => video.Item, video => video.Index);
            foreach (var report in reports.OrderBy(report => order[report.Video.Input]))
            {
                foreach (var warning in report.Warnings)
                    Console.Error.WriteLine(TerminalText.Harmless($"panda: {warning}"));
                if (report.Video is { Failure: { } failure, WasStopped: false })
                    Console.Error.WriteLine(TerminalText.Harmless($"panda: {report.Video.Input.Path}: failed: {failure}"));
            }
            if (stop.Asked.IsCancellationRequested)
                Console.Error.WriteLine($"panda: stopped: the figures are those of {run.Counters.VideosDone} of {Plural.Of(inputs.Videos.Count, "video")}");
            Write(Console.Out, CoherenceComparison.Of(stop.Asked.IsCancellationRequested ? reports.FindAll(report => report.Video.Failure is null) : reports), features.Name);
            return stop.Asked.IsCancellationRequested ? CommonOptions.Interrupted : run.Counters.VideosDone == 0 ? CommonOptions.Failed : CommonOptions.Ok;
        }
        catch (Exception refused) when (refused is ModelCardException or VideoException or NativeLibraryException or IOException or UnauthorizedAccessException)
        {
            return CommonOptions.Refuse(refused.Message);
        }
    }

    private static void Write(TextWriter output, IReadOnlyList<SplitWay> ways, string model)
    {
        output.WriteLine($"| | videos | clips | mean length, s | mean Max Running LPIPS ({model}) | over clips |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (var way in ways)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {way.Way} | {way.Videos} | {way.Seconds.Count} | {Mean(way.Seconds):0.0} | {Mean(way.MaxRunningLpips):0.000} | {way.MaxRunningLpips.Count} |"));
    }

    private static double? Mean(IReadOnlyList<double> values) => values.Count == 0 ? null : values.Average();
}
