using System.CommandLine;
using Panda.Stream.Config;
using Panda.Stream.Graph;
using Panda.Stream.Models;
using Panda.Stream.Native;
using Panda.Stream.Shards;
using Panda.Stream.Videos;

namespace Panda.Stream.Cli;

/// <summary><c>split</c>: shots, segments and clips of videos, without captions.</summary>
internal static class SplitCommand
{
    public static Command Create()
    {
        var videos = new Argument<string[]>("VIDEO") { Description = "Videos: files, folders, globs or .txt lists.", Arity = ArgumentArity.OneOrMore };
        var file = new Option<string>("--config") { Description = "The pipeline; without it the reference pipeline.yaml.", HelpName = "pipeline.yaml", DefaultValueFactory = _ => PandaHome.Pipeline };
        var set = CommonOptions.Set();
        var json = new Option<bool>("--json") { Description = "One JSON object a line for each video." };
        var scores = new Option<string?>("--scores") { Description = "Write the scores of each video's frames to DIR/NAME.csv.", HelpName = "DIR" };
        var output = new Option<string?>("--output") { Description = "Write clips (without captions) and segments as a result, from which resplit and sweep can start.", HelpName = "DIR" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the result that the output folder holds." };
        var command = new Command("split", "Shows the shots, segments and clips of videos.") { videos, file, set, json, scores, output, overwrite };
        command.SetAction(async parsed =>
        {
            var bound = PipelineConfig.Load(parsed.GetRequiredValue(file), [.. parsed.GetRequiredValue(set).Select(Override.Set)], PipelineScope.Splitting);
            return bound.Value is { } config
                ? await SplitAsync(config, parsed.GetRequiredValue(videos), parsed.GetValue(json), parsed.GetValue(scores), parsed.GetValue(output), parsed.GetValue(overwrite)).ConfigureAwait(false)
                : ConfigErrors.Print(bound.Diagnostics, parsed.GetRequiredValue(file), Console.Error);
        });
        return command;
    }

    private static async Task<int> SplitAsync(PipelineConfig config, string[] videos, bool json, string? scores, string? output, bool overwrite)
    {
        try
        {
            if (File.Exists(scores))
                return CommonOptions.Refuse($"--scores {scores}: found a file, expected a folder, or a name for a new one");
            var inputs = VideoInputs.Find(videos);
            if (scores is not null)
                Directory.CreateDirectory(scores);
            using var embedder = ModelSet.LoadEmbedder(config, ThreadBudget.Of(config, inputs.Videos.Count).ModelThreads);
            using var features = output is null ? null : ModelSet.LoadFeatures(config, ThreadBudget.Of(config, inputs.Videos.Count).ModelThreads);
            using var folder = output is null ? null : OutputFolder.Claim(output, overwrite);
            var shards = folder is null ? null : new SplitShards(config, embedder, features, folder);
            foreach (var failed in inputs.Failed)
            {
                SplitOutput.WriteFailed(Console.Out, failed.Path, failed.Reason, json);
                shards?.Add(failed);
            }
            var ordered = new InOrder<SplitReport>(inputs.Videos.Count, report =>
            {
                SplitOutput.Write(Console.Out, Console.Error, report, json);
                shards?.Add(report);
            });
            var numbers = inputs.Videos.Index().ToDictionary(video => video.Item, video => video.Index);
            var run = new SplitRun(config, embedder, features, scores, report => ordered.Add(numbers[report.Video.Input], report));
            using var stop = new StopSignal();
            var running = Task.Run(() => run.RunAsync(inputs.Videos, stop.Asked));
            await ProgressView.ShowStopAsync(running, run.Snapshot, stop.Asked).ConfigureAwait(false);
            await running.ConfigureAwait(false);
            var mismatches = shards?.Complete(inputs, run.Counters, stop.Asked.IsCancellationRequested).Mismatches() ?? [];
            foreach (var mismatch in mismatches)
                Console.Error.WriteLine($"panda: the counts do not add up: {mismatch}");
            return mismatches.Count > 0 ? CommonOptions.Failed
                : stop.Asked.IsCancellationRequested ? CommonOptions.Interrupted
                : run.Counters.VideosDone == 0 ? CommonOptions.Failed
                : CommonOptions.Ok;
        }
        catch (ModelCardException refused)
        {
            return CommonOptions.Refuse(refused.Message);
        }
        catch (Exception refused) when (refused is VideoException or NativeLibraryException or IOException or UnauthorizedAccessException)
        {
            return CommonOptions.Refuse(refused.Message);
        }
    }

    /// <summary>Passes items on in the order of their numbers, each as soon as all before it are there.</summary>
    private sealed class InOrder<T>(int count, Action<T> pass) where T : class
    {
        private readonly T?[] _there = new T?[count];
        private int _next;

        public void Add(int number, T item)
        {
            lock (_there)
            {
                _there[number] = item;
                while (_next < count && _there[_next] is { } next)
                {
                    pass(next);
                    _there[_next++] = null;
                }
            }
        }
    }
}
