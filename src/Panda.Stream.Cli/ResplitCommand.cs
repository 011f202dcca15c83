using System.CommandLine;
using Panda.Stream.Config;
using Panda.Stream.Native;
using Panda.Stream.Native.Files;
using Panda.Stream.Shards;
using Panda.Stream.Tuning;

namespace Panda.Stream.Cli;

/// <summary><c>resplit</c>: a result made anew under other thresholds, without its videos.</summary>
internal static class ResplitCommand
{
    public static Command Create()
    {
        var from = new Argument<string>("DIR") { Description = "The output folder of a run." };
        var set = CommonOptions.Set();
        var output = new Option<string>("--output") { Description = "Folder of the new result.", HelpName = "DIR", Required = true };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the result that the output folder holds." };
        var command = new Command("resplit", "Makes the clips of a result anew under other thresholds, without touching a video.") { from, set, output, overwrite };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(from), [.. parsed.GetRequiredValue(set).Select(Override.Set)], parsed.GetRequiredValue(output), parsed.GetValue(overwrite)));
        return command;
    }

    private static int Run(string from, List<Override> overrides, string output, bool overwrite)
    {
        try
        {
            if (RealPath.Of(from) == RealPath.Of(output))
                return CommonOptions.Refuse($"{output}: found the result to start from, expected another --output");
            var recorded = RecordedSplit.Load(from);
            var settings = recorded.With(overrides);
            using var folder = OutputFolder.Claim(output, overwrite);
            var report = Resplit.Write(recorded, settings, from, folder);
            Summary.Write(Console.Out, report, folder.Path);
            foreach (var mismatch in report.Mismatches())
                Console.Error.WriteLine($"panda: the counts do not add up: {mismatch}");
            return report.Mismatches().Count > 0 ? CommonOptions.Failed : CommonOptions.Ok;
        }
        catch (Exception refused) when (refused is TuningException or InvalidDataException or OutputFolderException or ShardReadException or NativeLibraryException)
        {
            return CommonOptions.Refuse(refused.Message);
        }
        catch (IOException fault)
        {
            Console.Error.WriteLine($"panda: {fault.Message}");
            return CommonOptions.Failed;
        }
    }
}
