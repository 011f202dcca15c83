using Panda.Stream.Config;
using Panda.Stream.Graph;

namespace Panda.Stream.Tests.Graph;

public class MemoryBudgetTests
{
    [Fact]
    public async Task Who_asks_first_is_first_however_much_it_asks_for()
    {
        var budget = new MemoryBudget(100);
        await budget.ReserveAsync(60, CancellationToken.None);
        var large = budget.ReserveAsync(90, CancellationToken.None);
        var small = budget.ReserveAsync(10, CancellationToken.None);

        Assert.False(large.IsCompleted);
        Assert.False(small.IsCompleted); // it would fit, but small ones could pass a large one for ever
        budget.Return(60);
        await Task.WhenAll(large, small);
        Assert.Equal((100, 100), (budget.Taken, budget.MostTaken));
    }

    [Fact]
    public async Task Who_gives_up_lets_those_behind_it_pass()
    {
        var budget = new MemoryBudget(100);
        await budget.ReserveAsync(60, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var large = budget.ReserveAsync(90, stop.Token);
        var small = budget.ReserveAsync(10, CancellationToken.None);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        await small;
        Assert.Equal(70, budget.Taken);
    }

    [Fact]
    public async Task More_is_had_at_once_or_not_at_all()
    {
        var budget = new MemoryBudget(100);
        await budget.ReserveAsync(60, CancellationToken.None);

        Assert.True(budget.TryReserve(30));
        Assert.False(budget.TryReserve(20));
        var waiting = budget.ReserveAsync(20, CancellationToken.None);
        Assert.False(budget.TryReserve(5)); // another was before
        budget.Return(90);
        await waiting;
        Assert.Equal(20, budget.Taken);
    }

    [Fact]
    public async Task More_than_there_is_at_all_is_refused() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => new MemoryBudget(100).ReserveAsync(101, CancellationToken.None));

    [Fact]
    public async Task Thousands_of_reservations_never_exceed_it_and_all_come_back()
    {
        var budget = new MemoryBudget(1000);
        long taken = 0, most = 0;
        await Parallel.ForAsync(0, 5000, new ParallelOptions { MaxDegreeOfParallelism = 40 }, async (item, cancel) =>
        {
            var bytes = 1 + item * 37 % 1000;
            await budget.ReserveAsync(bytes, cancel);
            InterlockedMax(ref most, Interlocked.Add(ref taken, bytes));
            await Task.Yield();
            Interlocked.Add(ref taken, -bytes);
            budget.Return(bytes);
        });

        Assert.InRange(most, 1, 1000);
        Assert.Equal(0, budget.Taken);
    }

    [Theory]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("1.5 GB", 1_500_000_000)]
    [InlineData("2097152B", 2 << 20)]
    public void Memory_is_said_with_its_unit(string text, long bytes)
    {
        var config = PipelineConfig.Load(Support.Repository.File("pipeline.yaml"), [Override.Set($"resources.memory={text}")], PipelineScope.Splitting).Value!;
        Assert.Equal(bytes, MemoryBudget.Of(config).Bytes);
    }

    [Theory]
    [InlineData("512")]
    [InlineData("512 megs")]
    [InlineData("-1GiB")]
    [InlineData("1KiB")]
    public void Another_amount_is_refused_with_what_was_found(string text)
    {
        var error = Assert.Single(PipelineConfig.Load(Support.Repository.File("pipeline.yaml"), [Override.Set($"resources.memory={text}")], PipelineScope.Splitting).Diagnostics);
        Assert.Contains(text, error.ToString());
        Assert.Contains("expected an amount of at least 1MiB with its unit, such as 512MiB or 8GB, or auto", error.ToString());
    }

    private static void InterlockedMax(ref long most, long value)
    {
        for (var before = Volatile.Read(ref most); value > before && Interlocked.CompareExchange(ref most, value, before) is var found && found != before;)
            before = found;
    }
}
