using System.Diagnostics;
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

/// <summary>What a stage works on.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="Item">The video or clip; empty where the stage does not tell.</param>
/// <param name="For">Since it was begun.</param>
public readonly record struct AtWork(string Stage, string Item, TimeSpan For);

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
    private readonly Func<T, string>? _describe;
    private readonly (bool Busy, T? Item, long Since)[] _working;
    private long _done;
    private int _inside;

    /// <param name="name">The stage's name.</param>
    /// <param name="unit">What it counts.</param>
    /// <param name="capacity">Items it holds at most, those at work counted in; 0 for a stage without a queue, whose work the sender does before it goes on.</param>
    /// <param name="atOnce">Items it works on at once; with 1 they go in the order in which they came.</param>
    /// <param name="work">Handles one item.</param>
    /// <param name="fault">Told of an exception that escaped the work; it stops the run.</param>
    /// <param name="size">How many units an item holds; without it one.</param>
    /// <param name="describe">The video or clip that an item belongs to.</param>
    public Stage(string name, string unit, int capacity, int atOnce, Func<T, Task> work, Action<Exception> fault, Func<T, int>? size = null, Func<T, string>? describe = null)
    {
        (Name, _unit) = (name, unit);
        (_capacity, _describe) = (capacity, describe);
        _working = new (bool, T?, long)[atOnce];
        _run = async item =>
        {
            var place = Begin(item);
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
                lock (_working)
                    _working[place] = default;
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

    /// <summary>What it works on now.</summary>
    public IReadOnlyList<AtWork> AtWork
    {
        get
        {
            lock (_working)
                return [.. _working.Where(work => work.Busy).Select(work => new AtWork(Name, _describe?.Invoke(work.Item!) ?? "", Stopwatch.GetElapsedTime(work.Since)))];
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

    private int Begin(T item)
    {
        lock (_working)
        {
            var place = Array.FindIndex(_working, work => !work.Busy);
            _working[place] = (true, item, Stopwatch.GetTimestamp());
            return place;
        }
    }
}
