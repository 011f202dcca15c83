using System.CommandLine;
using System.Globalization;
using Panda.Stream.Export;
using Panda.Stream.Native;
using Panda.Stream.Shards;

namespace Panda.Stream.Cli;

/// <summary><c>export</c>: a result as a dataset for training.</summary>
internal static class ExportCommand
{
    private const int Examples = 10;

    public static Command Create()
    {
        var from = new Argument<string>("DIR") { Description = "The output folder of a run." };
        var output = new Option<string>("--output") { Description = "Folder to be made.", HelpName = "DIR", Required = true };
        var format = new Option<string>("--format") { Description = "panda70m-csv: the dataset's own table; jsonl: a line of JSON a clip; webdataset: tar files.", Required = true };
        format.AcceptOnlyFromAmong([.. ExportFormats.ByName.Keys]);
        var score = CommonOptions.Number<double>("--min-score", "Only clips whose matching score is at least this; the dataset's 10M set has 0.43.");
        var most = CommonOptions.Number<int>("--max-clips-per-video", "So many clips of a video at most, drawn at random; the dataset's 10M set has 3.", least: 1);
        var split = new Option<string?>("--split") { Description = "Parts that share no video, e.g. train=0.9,val=0.05,test=0.05.", HelpName = "NAME=PART,..." };
        var clips = new Option<bool>("--clips") { Description = "Cuts every clip out of its video into an MP4 file without sound." };
        var shard = CommonOptions.Number<int>("--clips-per-shard", "Clips in a tar file of webdataset.", least: 1);
        shard.DefaultValueFactory = _ => 1000;
        var command = new Command("export", "Makes a dataset for training of a result.") { from, output, format, score, most, split, clips, shard };
        command.SetAction(parsed =>
        {
            try
            {
                return Run(parsed.GetRequiredValue(from), parsed.GetRequiredValue(output), new()
                {
                    Format = ExportFormats.ByName[parsed.GetRequiredValue(format)],
                    Subset = new(parsed.GetValue(score), parsed.GetValue(most)),
                    Split = parsed.GetValue(split) is { } parts ? VideoSplit.Parse(parts) : VideoSplit.None,
                    Clips = parsed.GetValue(clips),
                    ClipsPerShard = parsed.GetValue(shard)!.Value,
                });
            }
            catch (Exception refused) when (refused is FormatException or IOException or UnauthorizedAccessException or NativeLibraryException)
            {
                return CommonOptions.Refuse(refused.Message);
            }
        });
        return command;
    }

    private static int Run(string from, string output, ExportOptions options)
    {
        using var stop = new StopSignal();
        ExportReport report;
        try
        {
            report = DatasetExport.Write(from, output, options, stop.Asked);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("panda: stopped; nothing was exported");
            return CommonOptions.Interrupted;
        }
        if (report.Unfinished is { } unfinished)
            Console.Error.WriteLine($"panda: {from}: {unfinished}");
        foreach (var (part, counts) in report.Parts)
            Console.Out.WriteLine($"{part,-10} {Plural.Of(counts.Clips, "clip")} of {Plural.Of(counts.Videos, "video")}");
        Console.Out.WriteLine($"left out   {report.OutsideSubset} by score or number, {report.OutsideSplit} in no part, {report.Uncaptioned} without caption, of {report.Clips}");
        foreach (var part in report.Parts.Where(part => part.Value.Clips == 0).Select(part => part.Key))
            Console.Error.WriteLine($"panda: {part} is empty: none of the exported videos falls into it");
        if (options.Clips)
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"cut        {report.Copied} copied, {report.Encoded} encoded, {report.Failed.Count} failed"));
        foreach (var failed in report.Failed.Take(Examples))
            Console.Out.WriteLine($"  failed clip {TerminalText.Harmless(failed.ClipId)}: {TerminalText.Harmless(failed.Reason)}");
        if (report.Failed.Count > Examples)
            Console.Out.WriteLine($"  and {report.Failed.Count - Examples} more, in {ExportReport.FileName}");
        Console.Out.WriteLine($"dataset    {Path.GetFullPath(output)}");
        return report.Parts.Values.Sum(part => part.Clips) == 0 ? CommonOptions.Failed : CommonOptions.Ok;
    }
}
