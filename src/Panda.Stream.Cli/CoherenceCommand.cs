using System.CommandLine;
using System.Globalization;
using Panda.Stream.Config;
using Panda.Stream.Graph;
using Panda.Stream.Models;
using Panda.Stream.Native;
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
        command.SetAction(async (parsed, stop) =>
        {
            var bound = PipelineConfig.Load(parsed.GetRequiredValue(file), [.. parsed.GetRequiredValue(set).Select(Override.Set)], PipelineScope.Splitting);
            return bound.Value is { } config
                ? await CompareAsync(config, parsed.GetRequiredValue(videos), stop).ConfigureAwait(false)
                : ConfigErrors.Print(bound.Diagnostics, parsed.GetRequiredValue(file), Console.Error);
        });
        return command;
    }

    private static async Task<int> CompareAsync(PipelineConfig config, string[] videos, CancellationToken stop)
    {
        try
        {
            var inputs = VideoInputs.Find(videos);
            foreach (var failed in inputs.Failed)
                Console.Error.WriteLine($"panda: {failed.Path}: failed: {failed.Reason}");
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
            await run.RunAsync(inputs.Videos, stop).ConfigureAwait(false);
            foreach (var warning in run.Counters.Warnings)
                Console.Error.WriteLine($"panda: {warning}");
            Write(Console.Out, CoherenceComparison.Of(reports), features.Name);
            return run.Counters.VideosDone == 0 ? CommonOptions.Failed : CommonOptions.Ok;
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
