namespace Panda.Stream.Models.Calls;

/// <summary>
/// The largest batch that a model is given at present: halved when it runs out of memory, doubled again when so many calls went
/// well as make it worth a try, and twice as many after each try that failed. Safe for use by several threads at once.
/// </summary>
internal sealed class BatchLimit
{
    private const int FirstPatience = 16, MostPatience = 4096;

    private readonly Lock _lock = new();
    private int _patience = FirstPatience, _goodCalls;
    private int? _largest;

    /// <summary>Null while memory has always sufficed.</summary>
    public int? Largest
    {
        get
        {
            lock (_lock)
                return _largest;
        }
    }

    /// <summary>A call of so many items ran out of memory.</summary>
    public void Shrink(int items)
    {
        lock (_lock)
        {
            // Calls that began before the limit fell say nothing new.
            if (_largest <= items / 2)
                return;
            if (_largest is not null)
                _patience = Math.Min(2 * _patience, MostPatience);
            (_largest, _goodCalls) = (Math.Max(1, items / 2), 0);
        }
    }

    /// <summary>A call of so many items went well.</summary>
    public void Grow(int items)
    {
        lock (_lock)
        {
            // Smaller ones do not show that there is room.
            if (_largest is not { } largest || items < largest || ++_goodCalls < _patience)
                return;
            (_largest, _goodCalls) = (2 * largest, 0);
        }
    }
}
