using Panda.Stream.Graph;

namespace Panda.Stream.Tests.Graph;

public class StageTests
{
    [Fact]
    public async Task A_stage_with_a_stalled_end_holds_exactly_what_its_capacities_allow()
    {
        var gate = new TaskCompletionSource();
        var last = new Stage<int>("last", "items", 3, 1, async _ => await gate.Task, Rethrow);
        var first = new Stage<int>("first", "items", 2, 1, last.SendAsync, Rethrow);

        var sent = 0;
        var sender = Task.Run(async () =>
        {
            for (; sent < 100; sent++)
                await first.SendAsync(sent);
        });
        // Three inside `last` and two inside `first`; the sixth waits in SendAsync.
        await WaitUntil(() => Volatile.Read(ref sent) == 5);
        await Task.Delay(50);
        Assert.Equal(5, sent);

        gate.SetResult();
        await sender;
        await first.CompleteAsync();
        await last.CompleteAsync();
        Assert.Equal(100, first.Count.Done);
        Assert.Equal(100, last.Count.Done);
    }

    [Fact]
    public async Task An_escaped_exception_is_the_runs_and_strands_nobody()
    {
        var faults = new List<Exception>();
        var stage = new Stage<int>("odd", "items", 1, 1, item => item % 2 == 1 ? throw new InvalidDataException($"{item}") : Task.CompletedTask, faults.Add);

        for (var item = 0; item < 4; item++)
            await stage.SendAsync(item);
        await stage.CompleteAsync();

        Assert.Equal(["1", "3"], faults.Select(fault => fault.Message));
        Assert.Equal(2, stage.Count.Done);
    }

    private static void Rethrow(Exception error) => Assert.Fail(error.ToString());

    private static async Task WaitUntil(Func<bool> reached)
    {
        for (var wait = 0; !reached() && wait < 500; wait++)
            await Task.Delay(10);
        Assert.True(reached());
    }
}
