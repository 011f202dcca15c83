using System.CommandLine;
using Panda.Stream.Config;
using Panda.Stream.Graph;
using Panda.Stream.Models;
using Panda.Stream.Models.Devices;
using Panda.Stream.Native;
using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Selection.Filters;
using Panda.Stream.Shards;
using Panda.Stream.Shards.Ledger;
using Panda.Stream.Videos;

namespace Panda.Stream.Cli;

/// <summary><c>run</c>: videos in, shards out.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var file = CommonOptions.ConfigFile();
        var input = new Option<string?>("--input") { Description = "Videos: a folder, a glob, a file, or a .txt list.", HelpName = "FOLDER|GLOB|FILE|LIST.txt" };
        var output = new Option<string?>("--output") { Description = "Folder of the results.", HelpName = "DIR" };
        var set = CommonOptions.Set();
        var overwrite = new Option<bool>("--overwrite") { Description = "Start anew: delete the result that the output folder holds instead of going on with it." };
        // Of the launcher alone.
        var afterCrash = new Option<string?>("--after-crash") { Description = "A file with the signal of which the run died that this one goes on with; taken away when that is dealt with.", Hidden = true };
        var command = new Command("run", "Splits videos into clips, captions them and writes Parquet shards. The same command again goes on where it was stopped.") { file, input, output, set, overwrite, afterCrash };
        command.SetAction(parsed =>
        {
            var overrides = parsed.GetRequiredValue(set).Select(Override.Set).ToList();
            if (parsed.GetValue(input) is { } videos)
                overrides.Add(Override.Option("--input", "input", videos));
            if (parsed.GetValue(output) is { } folder)
                overrides.Add(Override.Option("--output", "output", folder));
            return RunAsync(parsed.GetRequiredValue(file), overrides, parsed.GetRequiredValue(set), parsed.GetValue(overwrite), parsed.GetValue(afterCrash));
        });
        return command;
    }

    private static async Task<int> RunAsync(string file, List<Override> overrides, string[] set, bool overwrite, string? crashReport)
    {
        var bound = PipelineConfig.Load(file, overrides);
        if (bound.Value is not { } config)
            return ConfigErrors.Print(bound.Diagnostics, file, Console.Error);
        var crash = crashReport is null ? null : File.ReadAllText(crashReport);
        var opened = crash is null ? OpenedVideos.New(config.Output) : OpenedVideos.AfterCrash(config.Output, crash);
        if (crashReport is not null)
            File.Delete(crashReport);
        if (opened is null)
        {
            Console.Error.WriteLine($"panda: the run died by {crash}, and no video was open in it that could be set aside: it is not started again. What it had committed is in {config.Output}");
            return CommonOptions.Failed;
        }
        foreach (var (video, signal) in opened.Crashed)
            Console.Error.WriteLine($"panda: {TerminalText.Harmless(video)} is set aside: the run died by {signal} while it alone was open");
        if (opened.Suspects.Count > 0)
            Console.Error.WriteLine($"panda: the run died by {crash}; each of the videos that were open is decoded in a process of its own from now on: {TerminalText.Harmless(string.Join(", ", opened.Suspects))}");
        // What the run had written before it crashed is not what was to be written over.
        return await RunAsync(config, overwrite && crash is null, new(ReproductionOf(file, set), opened)).ConfigureAwait(false);
    }

    internal static async Task<int> RunAsync(PipelineConfig config, bool overwrite, RunCall call)
    {
        using var stop = new StopSignal();
        // Whatever can stop the whole run is looked at before any of it starts.
        try
        {
            using var beforeItBegan = stop.Asked.Register(EndBeforeItBegan);
            var inputs = VideoInputs.FindOutside(config.Output, config.Input);
            Console.Error.WriteLine($"panda: {Plural.Of(inputs.Videos.Count + inputs.Failed.Count, "video")}, models {string.Join(", ", config.AllModels)}; results go to {config.Output}");
            using var models = ModelSet.Load(config, ThreadBudget.Of(config, inputs.Videos.Count).ModelThreads);
            beforeItBegan.Dispose();
            foreach (var line in models.Placement)
                Console.Error.WriteLine($"panda: {line}");
            Libav.Require(); // or it would cost every video
            using var folder = OutputFolder.Claim(config.Output, overwrite, goOn: true);
            return await RunAsync(config, inputs, models, folder, call, stop.Asked).ConfigureAwait(false);
        }
        catch (ModelCardException refused)
        {
            return CommonOptions.Refuse(refused.Message);
        }
        catch (Exception refused) when (refused is VideoException or ListFileException or OutputFolderException or LedgerException or NativeLibraryException or DeviceMissingException or DeviceException)
        {
            return CommonOptions.Refuse(refused.Message);
        }
    }

    private static async Task<int> RunAsync(PipelineConfig config, VideoInputs inputs, ModelSet models, OutputFolder folder, RunCall call, CancellationToken stop)
    {
        await using var run = new PipelineRun(config, inputs, models, folder, stop, call);
        foreach (var note in run.Notes)
            Console.Error.WriteLine($"panda: {TerminalText.Harmless(note)}");
        if (run.Plan.IsComplete)
            return End(RunReport.Load(folder.Path), folder);

        var running = Task.Run(run.RunAsync);
        await ProgressView.ShowAsync(running, run.Snapshot, stop).ConfigureAwait(false);
        try
        {
            return End(await running.ConfigureAwait(false), folder);
        }
        catch (Exception fault) when (fault is IOException or DevicesLostException)
        {
            Console.Error.WriteLine($"panda: the run was stopped: {fault.Message}");
            Console.Error.WriteLine(RunLedger.IsIn(folder.Path)
                ? "panda: what was committed before is kept; once that is mended, the same command goes on from there" + (fault is ShardReadException ? "; `panda run --overwrite` starts anew" : "")
                : "panda: what was committed before is no longer in the output folder; without it, the same command starts anew");
            return CommonOptions.Failed;
        }
    }

    // Nothing is written yet, and loading a large model takes long: not worth waiting for.
    private static void EndBeforeItBegan()
    {
        Console.Error.WriteLine("panda: stopped before it began; the same command goes on");
        ProcessEnd.AtOnce(CommonOptions.Interrupted);
    }

    private static int End(RunReport report, OutputFolder folder)
    {
        Summary.Write(Console.Out, report, folder.Path);
        foreach (var mismatch in report.Mismatches())
            Console.Error.WriteLine($"panda: the counts do not add up: {TerminalText.Harmless(mismatch)}");
        return report.Mismatches().Count > 0 ? CommonOptions.Failed
            : report.Interrupted ? CommonOptions.Interrupted
            : Succeeded(report) ? CommonOptions.Ok
            : CommonOptions.Failed;
    }

    private static Reproduction ReproductionOf(string file, string[] set) => new(
        [Path.Combine(PandaHome.Folder, "panda"), "run", .. file == PandaHome.Pipeline ? Array.Empty<string>() : [Path.GetFullPath(file)], "--input"],
        [.. set.SelectMany(one => new[] { "--set", one }), "--output", Reproduction.Output, "--overwrite"]);

    /// <summary>Some videos may fail, and some clips; when all did, or a teacher never answered, something is wrong with the run itself.</summary>
    private static bool Succeeded(RunReport report) =>
        report.Videos.Done > 0
        && (report.Clips.In == 0 || report.Clips.Failed < report.Clips.In)
        && report.Teachers.Values.All(teacher => teacher.Candidates == 0 || teacher.Errors < teacher.Candidates);
}
