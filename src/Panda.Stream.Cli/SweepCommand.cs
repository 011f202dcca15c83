using System.CommandLine;
using Panda.Stream.Native;
using Panda.Stream.Tuning;

namespace Panda.Stream.Cli;

/// <summary><c>sweep</c>: what many settings would make of a result.</summary>
internal static class SweepCommand
{
    private sealed record Options(string Folder, string[] Axes, string? Plot, string? Csv, string? Truth);

    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "The output folder of a run, or of split --output." };
        var axes = new Argument<string[]>("KEY=VALUES") { Description = "split.stitch=0.3..0.9:0.05 or split.transition=0.8,1.0,1.2; every combination is tried.", Arity = ArgumentArity.OneOrMore };
        var plot = new Option<string?>("--plot") { Description = "Draw the figures: the first key along x, a line for each combination of the others.", HelpName = "FILE.svg" };
        var csv = new Option<string?>("--csv") { Description = "Write the figures as CSV.", HelpName = "FILE" };
        var truth = new Option<string?>("--truth") { Description = "True scenes of one video, whose borders are judged: {\"fps\": 30, \"scenes\": [[first frame, end], ...]}.", HelpName = "FILE.json" };
        var command = new Command("sweep", "Shows how clips, their lengths and their coherence depend on thresholds, without touching a video.") { folder, axes, plot, csv, truth };
        command.SetAction(parsed => Run(new(
            parsed.GetRequiredValue(folder), parsed.GetRequiredValue(axes), parsed.GetValue(plot), parsed.GetValue(csv), parsed.GetValue(truth))));
        return command;
    }

    private static int Run(Options options)
    {
        try
        {
            var axes = options.Axes.Select(SweepAxis.Parse).ToArray();
            var recorded = RecordedSplit.Load(options.Folder);
            using var stop = new StopSignal();
            var sweep = Sweep.Run(recorded, axes, options.Truth is { } file ? (VideoOf(file, recorded), SceneTruth.Load(file)) : null, stop.Asked);
            SweepTable.Write(Console.Out, sweep);
            if (options.Csv is { } csv)
            {
                using var writer = new StreamWriter(csv);
                SweepTable.WriteCsv(writer, sweep);
            }
            if (options.Plot is { } plot)
                File.WriteAllText(plot, SweepChart.ToSvg(sweep, $"{recorded.Videos.Count} {(recorded.Videos.Count == 1 ? "video" : "videos")}, {recorded.Videos.Sum(video => video.Segments.Count)} segments, {sweep.Points.Count} settings"));
            return CommonOptions.Ok;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("panda: stopped before all settings were tried; nothing was written");
            return CommonOptions.Interrupted;
        }
        catch (Exception refused) when (refused is TuningException or InvalidDataException or IOException or UnauthorizedAccessException or NativeLibraryException)
        {
            return CommonOptions.Refuse(refused.Message);
        }
    }

    /// <summary>The video that NAME.json or NAME.scenes.json speaks of; the only one, where there is but one.</summary>
    private static string VideoOf(string truth, RecordedSplit recorded)
    {
        var name = Path.GetFileName(truth).Split('.')[0];
        return recorded.Videos.FirstOrDefault(video => video.VideoId == name)?.VideoId
            ?? (recorded.Videos.Count == 1 ? recorded.Videos[0].VideoId
                : throw new TuningException($"{truth}: found no video '{name}' among {recorded.Videos.Count}, expected a file named as one of {string.Join(", ", recorded.Videos.Take(5).Select(video => video.VideoId))}"));
    }
}
