using System.Threading.Tasks.Dataflow;

namespace Panda.Stream.Graph;

/// <summary>What a stage shows of itself while a run goes on.</summary>
/// <param name="Name">Its name, as in the picture of the graph.</param>
/// <param name="Unit">What it counts: frames, segments, clips, rows.</param>
/// <param name="Done">How many of these have left it.</param>
/// <param name="Waiting">Items that wait at its door; one item may hold many frames.</param>
/// <param name="Inside">Items that it holds: those that wait and those at work.</param>
/// <param name="Capacity">Items it holds at most, those at work counted in.</param>
public readonly record struct StageCount(string Name, string Unit, long Done, int Waiting, int Inside, int Capacity);

/// <summary>
/// One bounded stage of the graph: an ActionBlock that sends what it makes onward itself, with <see cref="SendAsync"/> of the
/// next stage, so that a full stage holds back all before it.
/// </summary>
/// <remarks>
/// Not a TransformManyBlock, which would buffer one item's whole output, nor linked blocks that share items. What the work
/// throws is no item's failure (those leave as outcomes) but the run's: it goes to the fault callback.
/// </remarks>
public sealed class Stage<T>
{
    private readonly ActionBlock<T>? _block;
    private readonly Func<T, Task> _run;
    private readonly string _unit;
    private readonly int _capacity;
    private long _done;
    private int _inside;

    /// <param name="name">The stage's name.</param>
    /// <param name="unit">What it counts.</param>
    /// <param name="capacity">Items it holds at most, those at work counted in; 0 for a stage without a queue, whose work the sender does before it goes on.</param>
    /// <param name="atOnce">Items it works on at once; with 1 they go in the order in which they came.</param>
    /// <param name="work">Handles one item.</param>
    /// <param name="fault">Told of an exception that escaped the work; it stops the run.</param>
    /// <param name="size">How many units an item holds; without it one.</param>
    public Stage(string name, string unit, int capacity, int atOnce, Func<T, Task> work, Action<Exception> fault, Func<T, int>? size = null)
    {
        (Name, _unit) = (name, unit);
        _capacity = capacity;
        _run = async item =>
        {
            try
            {
                await work(item).ConfigureAwait(false);
                Interlocked.Add(ref _done, size?.Invoke(item) ?? 1);
            }
#pragma warning disable CA1031 // Handed on whole; the block itself stays alive so that those who wait on it are not stranded.
            catch (Exception error)
#pragma warning restore CA1031
            {
                fault(error);
            }
            finally
            {
                Interlocked.Decrement(ref _inside);
            }
        };
        if (capacity > 0)
            _block = new(_run, new() { BoundedCapacity = capacity, MaxDegreeOfParallelism = atOnce, EnsureOrdered = false });
    }

    public string Name { get; }

    // Who waits at the door of a full stage is not inside yet.
    public StageCount Count
    {
        get
        {
            var inside = Volatile.Read(ref _inside);
            return new(Name, _unit, Volatile.Read(ref _done), _block?.InputCount ?? 0, _block is null ? inside : Math.Min(inside, _capacity), _capacity);
        }
    }

    /// <summary>Waits for room, then hands the item over.</summary>
    public async Task SendAsync(T item)
    {
        Interlocked.Increment(ref _inside);
        if (_block is null)
            await _run(item).ConfigureAwait(false);
        else if (!await _block.SendAsync(item).ConfigureAwait(false))
            throw new InvalidOperationException($"The stage '{Name}' was sent an item after it had been completed.");
    }

    /// <summary>No more items come; ends when those inside have left.</summary>
    public Task CompleteAsync()
    {
        _block?.Complete();
        return _block?.Completion ?? Task.CompletedTask;
    }
}
