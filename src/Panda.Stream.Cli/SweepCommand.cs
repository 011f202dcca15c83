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
            Check(options);
            var recorded = RecordedSplit.Load(options.Folder);
            using var stop = new StopSignal();
            var sweep = Sweep.Run(recorded, axes, options.Truth is { } file ? TruthOf(file, recorded) : null, stop.Asked);
            SweepTable.Write(Console.Out, sweep);
            if (sweep.LeftOut > 0)
                Console.Error.WriteLine($"panda: {Plural.Of(sweep.LeftOut, "setting")} left out, whose shortest clip would be longer than the longest");
            if (options.Csv is { } csv)
            {
                using var writer = new StreamWriter(csv);
                SweepTable.WriteCsv(writer, sweep);
            }
            if (options.Plot is { } plot)
                File.WriteAllText(plot, SweepChart.ToSvg(sweep,
                    $"{Plural.Of(recorded.Videos.Count, "video")}, {Plural.Of(recorded.Videos.Sum(video => video.Segments.Count), "segment")}, {Plural.Of(sweep.Points.Count, "setting")}"));
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

    /// <summary>Whatever can be wrong with the files to be written is told before the work.</summary>
    private static void Check(Options options)
    {
        if (options.Plot is { } plot && Path.GetExtension(plot) != ".svg")
            throw new TuningException($"--plot {plot}: found the ending '{Path.GetExtension(plot)}', expected a name that ends in .svg");
        if (options is { Plot: not null, Csv: not null } && Path.GetFullPath(options.Plot) == Path.GetFullPath(options.Csv))
            throw new TuningException($"--csv {options.Csv}: found the file of --plot, expected another");
        foreach (var (option, file) in new[] { ("--plot", options.Plot), ("--csv", options.Csv) })
        {
            if (file is null)
                continue;
            if (Directory.Exists(file))
                throw new TuningException($"{option} {file}: found a folder, expected a file");
            if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))))
                throw new TuningException($"{option} {file}: found no folder '{Path.GetDirectoryName(file)}', expected one to write the file into");
            var isNew = !Path.Exists(file);
            using (new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write))
            {
            }
            if (isNew)
                File.Delete(file);
        }
    }

    private static (string VideoId, SceneTruth Scenes) TruthOf(string file, RecordedSplit recorded)
    {
        var video = VideoOf(file, recorded);
        return (video.VideoId, SceneTruth.Load(file, video.Segments[^1].Segment.End));
    }

    /// <summary>The video that NAME.json or NAME.scenes.json speaks of; the only one, where there is but one.</summary>
    private static RecordedVideo VideoOf(string truth, RecordedSplit recorded)
    {
        var name = Path.GetFileName(truth);
        return recorded.Videos.Where(video => name.StartsWith(video.VideoId + ".", StringComparison.Ordinal)).MaxBy(video => video.VideoId.Length)
            ?? (recorded.Videos.Count == 1 ? recorded.Videos[0]
                : throw new TuningException($"{truth}: found no video of that name among {recorded.Videos.Count}, expected a file named as one of {string.Join(", ", recorded.Videos.Take(5).Select(video => video.VideoId))}"));
    }
}
