using System.Threading.Channels;
using Panda.Stream.Models.Calls;

namespace Panda.Stream.Graph;

/// <summary>
/// Gathers single items into batches for a model: a batch leaves when it holds <c>largest</c> items, when its first item
/// has waited <c>longestWait</c>, or when no more can come. So many batches run at a time as there are replicas; each item's caller gets its own result.
/// </summary>
/// <remarks>A Channel, not a BatchBlock: that one has no longest wait, and triggering it from a timer has lost wake-ups (dotnet/runtime#38629).</remarks>
public sealed class Batcher<TIn, TOut> : IAsyncDisposable
{
    private readonly record struct Waiting(TIn Item, TaskCompletionSource<TOut> Result);

    private readonly Channel<Waiting> _waiting;
    private readonly int _largest;
    private readonly TimeSpan _longestWait;
    private readonly Func<IReadOnlyList<TIn>, IReadOnlyList<Answer<TOut>>> _run;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _filling = new(1);
    private readonly Task _workers;
    private long _items, _batches;

    /// <param name="largest">Items a batch holds at most, at least 1.</param>
    /// <param name="longestWait">How long a batch's first item waits for company.</param>
    /// <param name="run">Gives one answer an item, in order. What it throws becomes the error of every item of that batch.</param>
    /// <param name="atOnce">Batches that run at a time, at least 1.</param>
    /// <param name="time">The clock.</param>
    public Batcher(int largest, TimeSpan longestWait, Func<IReadOnlyList<TIn>, IReadOnlyList<Answer<TOut>>> run, int atOnce = 1, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(largest, 1);
        _largest = largest;
        _longestWait = longestWait;
        _run = run;
        _time = time ?? TimeProvider.System;
        // One batch's worth more than run may wait: one to fill while the others run.
        _waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions((1 + atOnce) * largest) { SingleReader = true });
        _workers = Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(WorkAsync)));
    }

    /// <summary>Items that have gone through, and the batches they went in.</summary>
    public (long Items, long Batches) Done => (Volatile.Read(ref _items), Volatile.Read(ref _batches));

    /// <summary>The item's result, once its batch has run.</summary>
    public async Task<TOut> RunAsync(TIn item, CancellationToken cancel = default)
    {
        var result = new TaskCompletionSource<TOut>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _waiting.Writer.WriteAsync(new(item, result), cancel).ConfigureAwait(false);
        return await result.Task.ConfigureAwait(false);
    }

    /// <summary>Runs what still waits, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _workers.ConfigureAwait(false);
        _filling.Dispose();
    }

    private async Task WorkAsync()
    {
        var batch = new List<Waiting>(_largest);
        while (await NextAsync(batch).ConfigureAwait(false))
        {
            Run(batch);
            batch.Clear();
        }
    }

    /// <summary>Fills the next batch, one after the other; false when no more can come.</summary>
    private async Task<bool> NextAsync(List<Waiting> batch)
    {
        await _filling.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
                return false;
            await FillAsync(batch).ConfigureAwait(false);
            return true;
        }
        finally
        {
            _filling.Release();
        }
    }

    private async Task FillAsync(List<Waiting> batch)
    {
        using var deadline = new CancellationTokenSource(_longestWait, _time);
        try
        {
            do
            {
                while (batch.Count < _largest && _waiting.Reader.TryRead(out var next))
                    batch.Add(next);
            }
            while (batch.Count < _largest && await _waiting.Reader.WaitToReadAsync(deadline.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The longest wait is over: the batch leaves as it is.
        }
    }

    private void Run(List<Waiting> batch)
    {
        try
        {
            var results = _run(batch.ConvertAll(waiting => waiting.Item));
            if (results.Count != batch.Count)
                throw new InvalidOperationException($"A batch of {batch.Count} items gave {results.Count} results.");
            // Counted before anyone can see a result, so that a caller who has one also sees it counted.
            Interlocked.Add(ref _items, batch.Count);
            Interlocked.Increment(ref _batches);
            for (var i = 0; i < batch.Count; i++)
            {
                if (results[i].Error is { } error)
                    batch[i].Result.SetException(error);
                else
                    batch[i].Result.SetResult(results[i].Value);
            }
        }
#pragma warning disable CA1031 // Whatever the model threw belongs to the callers, not to this loop.
        catch (Exception error)
#pragma warning restore CA1031
        {
            foreach (var waiting in batch)
                waiting.Result.TrySetException(error);
        }
    }
}
