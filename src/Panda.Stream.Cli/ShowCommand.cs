using System.CommandLine;
using Panda.Stream.Native;
using Panda.Stream.Shards;

namespace Panda.Stream.Cli;

/// <summary><c>show</c>: rows of a result, for people.</summary>
internal static class ShowCommand
{
    private const int WidthWithoutTerminal = 160;

    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "The output folder of a run." };
        var limit = CommonOptions.Number<int>("--limit", "Rows to show at most.", least: 1);
        limit.DefaultValueFactory = _ => 50;
        var video = new Option<string?>("--video") { Description = "Only clips of this video.", HelpName = "VIDEO_ID" };
        var score = CommonOptions.Number<double>("--min-score", "Only clips whose matching score is at least this.");
        var candidates = new Option<bool>("--candidates") { Description = "Every teacher's candidate, not the chosen one alone." };
        var command = new Command("show", "Shows the rows of a result.") { folder, limit, video, score, candidates };
        command.SetAction(parsed =>
        {
            try
            {
                ShardReadException? lost = null;
                var reader = ShardReader.Open(parsed.GetRequiredValue(folder), found => lost = found);
                var clips = reader.Clips(new(parsed.GetValue(video), parsed.GetValue(score), parsed.GetValue(limit))).ToList();
                ShowTable.Write(Console.Out, clips, Width(), parsed.GetValue(candidates));
                if (clips.Count == 0)
                    Console.Out.WriteLine("no such clips in this result");
                if (lost is null)
                    return CommonOptions.Ok;
                Console.Error.WriteLine($"panda: clips may be missing above: {TerminalText.Harmless(lost.Message)}");
                return CommonOptions.Failed;
            }
            catch (Exception refused) when (refused is IOException or NativeLibraryException)
            {
                return CommonOptions.Refuse(refused.Message);
            }
        });
        return command;
    }

    private static int Width() => Console.IsOutputRedirected ? WidthWithoutTerminal : Math.Max(40, Console.WindowWidth);
}
