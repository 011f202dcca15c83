using Panda.Stream.Config;

namespace Panda.Stream.Graph;

/// <summary>
/// The bytes that the videos of a run may take together. A video's part is reserved whole before anything of it is decoded, in the
/// order of asking, so that a large video is not overtaken for ever by small ones; it is given back piece by piece.
/// </summary>
/// <remarks>No deadlock: who holds a reservation never waits for another one, so what is held comes back by itself.</remarks>
public sealed class MemoryBudget
{
    private sealed record Waiting(long Bytes, TaskCompletionSource Granted);

    // Half of the memory: the runtime, the models, the shards and the system's cache of the files live in the other half.
    private const int AutoPart = 2;

    private readonly Lock _lock = new();
    private readonly LinkedList<Waiting> _waiting = [];
    private long _taken, _mostTaken;

    public MemoryBudget(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        Bytes = bytes;
    }

    /// <summary>What <c>resources.memory</c> says.</summary>
    public static MemoryBudget Of(PipelineConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new(config.Resources.Memory?.Bytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / AutoPart);
    }

    public long Bytes { get; }

    /// <summary>Bytes that are reserved now.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>The most that were ever reserved at once.</summary>
    public long MostTaken => Volatile.Read(ref _mostTaken);

    /// <summary>Waits until so many bytes are free and those who asked before have theirs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than the whole budget: they would never be free.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled while it waited; nothing is reserved.</exception>
    public async Task ReserveAsync(long bytes, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Bytes);
        var waiting = new Waiting(bytes, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            _waiting.AddLast(waiting);
            GrantInOrder();
        }
        await using (cancel.Register(() => Abandon(waiting, cancel)).ConfigureAwait(false))
            await waiting.Granted.Task.ConfigureAwait(false);
    }

    /// <summary>Reserves more for one who holds some already, if it is free at this moment; it never waits.</summary>
    public bool TryReserve(long bytes)
    {
        lock (_lock)
        {
            if (_waiting.Count > 0 || bytes > Bytes - _taken)
                return false;
            Take(bytes);
            return true;
        }
    }

    public void Return(long bytes)
    {
        lock (_lock)
        {
            _taken -= bytes;
            GrantInOrder();
        }
    }

    private void Abandon(Waiting waiting, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (!_waiting.Remove(waiting))
                return;
            waiting.Granted.SetCanceled(cancel);
            GrantInOrder();
        }
    }

    private void GrantInOrder()
    {
        while (_waiting.First?.Value is { } first && first.Bytes <= Bytes - _taken)
        {
            _waiting.RemoveFirst();
            Take(first.Bytes);
            first.Granted.SetResult();
        }
    }

    private void Take(long bytes)
    {
        _taken += bytes;
        _mostTaken = Math.Max(_mostTaken, _taken);
    }
}
