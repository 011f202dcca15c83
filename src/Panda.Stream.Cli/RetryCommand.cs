using System.CommandLine;
using Panda.Stream.Shards.Ledger;

namespace Panda.Stream.Cli;

/// <summary><c>retry</c>: what failed in a result is taken up again.</summary>
internal static class RetryCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "The output folder of a run." };
        var command = new Command("retry", "Takes up again the videos and clips in failed/, and asks again the teachers that did not answer for a clip, with the run's own configuration; the rest stays as it is.") { folder };
        command.SetAction(async parsed =>
        {
            try
            {
                var (config, reproduction) = RunLedger.CallOf(parsed.GetRequiredValue(folder));
                return await RunCommand.RunAsync(config, overwrite: false, new(reproduction, null) { Retry = true }).ConfigureAwait(false);
            }
            catch (LedgerException refused)
            {
                return CommonOptions.Refuse(refused.Message);
            }
        });
        return command;
    }
}
