using System.CommandLine;
using System.Globalization;
using Panda.Stream.Shards;
using Panda.Stream.Shards.Ledger;

namespace Panda.Stream.Cli;

/// <summary><c>why</c>: the story of a video or a clip.</summary>
internal static class WhyCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "The output folder of a run." };
        var id = new Argument<string>("ID") { Description = "A video's or a clip's id." };
        var command = new Command("why", "Tells a video's or clip's story: each stage, when it ended, how long it took, what was decided; the segments of which a clip is made, or those that a video lost, and why.") { folder, id };
        command.SetAction(parsed =>
        {
            try
            {
                var story = Story.Of(parsed.GetRequiredValue(folder), parsed.GetRequiredValue(id));
                Console.Out.WriteLine(TerminalText.Harmless(story.Standing));
                foreach (var step in story.Steps)
                    Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $"  {step.Ended:yyyy-MM-dd HH:mm:ss.fff}  {step.Seconds,8:0.000} s  {(step.Clip is { } clip ? $"clip {clip:00000}  " : "")}{TerminalText.Harmless(step.Stage)}: {TerminalText.Harmless(step.Outcome)}"));
                foreach (var segment in story.Segments)
                    Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $"  segment {segment.Segment.Index}, {segment.StartSeconds:0.000}-{segment.EndSeconds:0.000} s{(segment.Reason is { } reason ? $", dropped: {reason}, {TerminalText.Harmless(segment.Detail ?? "")}" : "")}"));
                foreach (var damage in story.Damage)
                    Console.Error.WriteLine($"panda: what this shard holds may be missing above: {TerminalText.Harmless(damage)}");
                return story.Damage.Count > 0 ? CommonOptions.Failed : CommonOptions.Ok;
            }
            catch (IOException refused)
            {
                return CommonOptions.Refuse(refused.Message);
            }
        });
        return command;
    }
}
