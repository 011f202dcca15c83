using Panda.Stream.Graph;

namespace Panda.Stream.Tests.Graph;

public class BatcherTests
{
    [Fact]
    public async Task A_full_batch_leaves_without_waiting()
    {
        var sizes = new List<int>();
        await using var batcher = new Batcher<int, int>(4, Timeout.InfiniteTimeSpan, batch =>
        {
            sizes.Add(batch.Count);
            return [.. batch.Select(item => item * 10)];
        });

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(item => batcher.RunAsync(item)));

        Assert.Equal(Enumerable.Range(0, 8).Select(item => item * 10), results);
        Assert.All(sizes, size => Assert.Equal(4, size));
    }

    [Fact]
    public async Task An_item_without_company_leaves_after_the_longest_wait()
    {
        await using var batcher = new Batcher<int, int>(100, TimeSpan.FromMilliseconds(20), batch => [.. batch]);

        Assert.Equal(7, await batcher.RunAsync(7));
        Assert.Equal((1, 1), batcher.Done);
    }

    [Fact]
    public async Task Disposing_runs_what_still_waits()
    {
        var batcher = new Batcher<int, int>(100, Timeout.InfiniteTimeSpan, batch => [.. batch]);
        var waiting = batcher.RunAsync(3);

        await batcher.DisposeAsync();

        Assert.Equal(3, await waiting);
    }

    [Fact]
    public async Task An_error_reaches_every_caller_of_its_batch_and_no_other()
    {
        await using var batcher = new Batcher<int, int>(1, TimeSpan.Zero,
            batch => batch[0] == 1 ? throw new InvalidDataException("one") : [.. batch]);

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => batcher.RunAsync(1));

        Assert.Equal("one", error.Message);
        Assert.Equal(2, await batcher.RunAsync(2));
    }

    [Fact]
    public async Task So_many_batches_run_at_a_time_as_there_are_replicas()
    {
        using var all = new Barrier(3);
        await using var batcher = new Batcher<int, int>(2, Timeout.InfiniteTimeSpan, batch =>
        {
            Assert.True(all.SignalAndWait(TimeSpan.FromMinutes(1)), "the others do not come");
            return [.. batch];
        }, atOnce: 3);

        Assert.Equal(Enumerable.Range(0, 12), await Task.WhenAll(Enumerable.Range(0, 12).Select(item => batcher.RunAsync(item))));
    }

    [Fact]
    public async Task Thousands_of_items_from_many_callers_come_back_to_their_own()
    {
        await using var batcher = new Batcher<int, int>(7, TimeSpan.FromMilliseconds(1), batch => [.. batch.Select(item => -item)]);

        await Parallel.ForAsync(0, 5000, new ParallelOptions { MaxDegreeOfParallelism = 50 }, async (item, cancel) => Assert.Equal(-item, await batcher.RunAsync(item, cancel)));

        Assert.Equal(5000, batcher.Done.Items);
    }
}
