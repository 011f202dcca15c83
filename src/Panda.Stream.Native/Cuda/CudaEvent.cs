namespace Panda.Stream.Native.Cuda;

/// <summary>A mark in a stream that others can wait for.</summary>
public sealed unsafe class CudaEvent : IDisposable
{
    private const uint WithoutTiming = 2;

    private readonly CudaContext _context;

    internal CudaEvent(CudaContext context, bool measuresTime)
    {
        _context = context;
        using var current = context.Enter();
        nint created;
        context.Driver.Check("cuEventCreate", context.Api.EventCreate(&created, measuresTime ? 0 : WithoutTiming));
        Handle = new(context.Handle, created);
    }

    internal CudaEventHandle Handle { get; }

    /// <summary>Whether all that was queued before the mark is done; true when nothing was marked.</summary>
    /// <exception cref="CudaException">Something of it has failed.</exception>
    public bool IsDone
    {
        get
        {
            using var current = _context.Enter();
            using var mark = Handle.Lease();
            var result = _context.Api.EventQuery(mark.Pointer);
            if (result == CudaException.NotReady)
                return false;
            _context.Driver.Check("cuEventQuery", result);
            return true;
        }
    }

    /// <summary>Marks what is queued so far.</summary>
    public void Record(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var current = _context.Enter();
        using var queue = stream.Handle.Lease();
        using var mark = Handle.Lease();
        _context.Driver.Check("cuEventRecord", _context.Api.EventRecord(mark.Pointer, queue.Pointer));
    }

    /// <summary>Waits for it.</summary>
    /// <exception cref="CudaException">Something of what was queued before has failed.</exception>
    public void Synchronize()
    {
        using var current = _context.Enter();
        using var mark = Handle.Lease();
        _context.Driver.Check("cuEventSynchronize", _context.Api.EventSynchronize(mark.Pointer));
    }

    /// <summary>The time from another event to this one, by the card's clock; both are done and measure time.</summary>
    public TimeSpan Since(CudaEvent earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        using var current = _context.Enter();
        using var first = earlier.Handle.Lease();
        using var mark = Handle.Lease();
        float milliseconds;
        _context.Driver.Check("cuEventElapsedTime", _context.Api.EventElapsedTime(&milliseconds, first.Pointer, mark.Pointer));
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    public void Dispose() => Handle.Dispose();
}
