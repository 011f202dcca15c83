using System.Globalization;
using Panda.Stream.Graph;
using Panda.Stream.Shards;

namespace Panda.Stream.Cli;

/// <summary>Notices that nothing leaves any stage any more, and says what is waited for.</summary>
internal sealed class Stall
{
    /// <summary>Long beside anything that a run does between two items, short beside a user's patience.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int Named = 4;

    private long _done = -1;
    private TimeSpan _moved;

    /// <summary>Lines to show: none while the run moves.</summary>
    public IEnumerable<string> Watch(RunSnapshot run)
    {
        var done = run.Stages.Sum(stage => stage.Done) + run.VideosEnded;
        if (done != _done)
            (_done, _moved) = (done, run.Elapsed);
        var still = run.Elapsed - _moved;
        if (still < Patience || run.AtWork.Count == 0)
            return [];
        // A stage that is full holds up all before it: what the last busy one works on is what the others wait for.
        return run.AtWork.Reverse().Take(Named).Select(work => string.Create(CultureInfo.InvariantCulture,
                $"    {work.Stage}{(work.Item.Length > 0 ? $" of {TerminalText.Harmless(work.Item)}" : "")}, for {work.For.TotalSeconds:0} s"))
            .Prepend(string.Create(CultureInfo.InvariantCulture, $"  nothing has moved for {still.TotalSeconds:0} s; waiting for"));
    }
}
