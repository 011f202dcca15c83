namespace Panda.Stream.Native.Cuda;

/// <summary>A queue of work on a card, done in order. What is queued reads and writes memory later: that must live until <see cref="Synchronize"/> or an event says so.</summary>
public sealed unsafe class CudaStream : IDisposable
{
    private const uint NonBlocking = 1; // does not wait for the default stream, on which other libraries may work

    internal CudaStream(CudaContext context)
    {
        Context = context;
        using var current = context.Enter();
        nint stream;
        context.Driver.Check("cuStreamCreate", context.Api.StreamCreate(&stream, NonBlocking));
        Handle = new(context.Handle, stream);
    }

    public CudaContext Context { get; }

    internal CudaStreamHandle Handle { get; }

    /// <summary>Memory of the card for the work of this stream.</summary>
    public CudaPool<CudaMemory> CreatePool() => new(this, Context.Allocate);

    /// <summary>Memory of the machine for this stream's copies.</summary>
    public CudaPool<CudaPinned> CreatePinnedPool() => new(this, Context.AllocatePinned);

    /// <summary>Copies from pinned memory to the card.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of the two is smaller.</exception>
    public void Upload(CudaPinned from, CudaMemory to, long bytes)
    {
        CheckSizes(from, to, bytes);
        using var current = Context.Enter();
        using var stream = Handle.Lease();
        using var source = from.Handle.Lease();
        using var target = to.Handle.Lease();
        Check("cuMemcpyHtoDAsync_v2", Context.Api.MemcpyHtoDAsync(target.Pointer, source.Pointer, (nuint)bytes, stream.Pointer));
    }

    /// <summary>Copies from the card to pinned memory.</summary>
    /// <param name="start">The first byte on the card that is copied.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of the two is smaller.</exception>
    public void ReadBack(CudaMemory from, CudaPinned to, long bytes, long start = 0)
    {
        CheckSizes(from, to, bytes);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, from.Bytes - bytes);
        using var source = from.Handle.Lease();
        ReadBack(source.Pointer + (nint)start, to, bytes);
    }

    /// <summary>Copies on the card, or from another card to this stream's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of the two is smaller.</exception>
    /// <exception cref="ArgumentException">The target is not on this stream's card.</exception>
    public void Copy(CudaMemory from, CudaMemory to, long bytes)
    {
        CheckSizes(from, to, bytes);
        if (to.Context != Context)
            throw new ArgumentException($"found a target on {to.Context.Device}, expected one on {Context.Device}, the stream's", nameof(to));
        using var source = from.Handle.Lease();
        using var target = to.Handle.Lease();
        if (from.Context == Context)
        {
            Copy(source.Pointer, target.Pointer, bytes);
            return;
        }
        using var current = Context.Enter();
        using var stream = Handle.Lease();
        using var other = from.Context.Handle.Lease();
        using var own = Context.Handle.Lease();
        Check("cuMemcpyPeerAsync", Context.Api.MemcpyPeerAsync(target.Pointer, own.Pointer, source.Pointer, other.Pointer, (nuint)bytes, stream.Pointer));
    }

    /// <summary>Sets every byte.</summary>
    public void Fill(CudaMemory memory, byte value, long bytes)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, memory.Bytes);
        using var target = memory.Handle.Lease();
        Fill(target.Pointer, value, bytes);
    }

    /// <summary>Copies between places of this card's memory that others may own.</summary>
    internal void Copy(nint from, nint to, long bytes)
    {
        using var current = Context.Enter();
        using var stream = Handle.Lease();
        Check("cuMemcpyDtoDAsync_v2", Context.Api.MemcpyDtoDAsync(to, from, (nuint)bytes, stream.Pointer));
    }

    /// <summary>Copies from a place of this card's memory that others may own to pinned memory.</summary>
    internal void ReadBack(nint from, CudaPinned to, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, to.Bytes);
        using var current = Context.Enter();
        using var stream = Handle.Lease();
        using var target = to.Handle.Lease();
        Check("cuMemcpyDtoHAsync_v2", Context.Api.MemcpyDtoHAsync(target.Pointer, from, (nuint)bytes, stream.Pointer));
    }

    /// <summary>Sets every byte of a place of this card's memory that others may own.</summary>
    internal void Fill(nint memory, byte value, long bytes)
    {
        using var current = Context.Enter();
        using var stream = Handle.Lease();
        Check("cuMemsetD8Async", Context.Api.MemsetD8Async(memory, value, (nuint)bytes, stream.Pointer));
    }

    /// <summary>What is queued from now on waits until what the event has recorded is done.</summary>
    public void Wait(CudaEvent done)
    {
        ArgumentNullException.ThrowIfNull(done);
        using var current = Context.Enter();
        using var stream = Handle.Lease();
        using var waited = done.Handle.Lease();
        Check("cuStreamWaitEvent", Context.Api.StreamWaitEvent(stream.Pointer, waited.Pointer, 0));
    }

    /// <summary>Waits until all that is queued is done.</summary>
    /// <exception cref="CudaException">Something of it has failed.</exception>
    public void Synchronize()
    {
        using var current = Context.Enter();
        using var stream = Handle.Lease();
        Check("cuStreamSynchronize", Context.Api.StreamSynchronize(stream.Pointer));
    }

    public void Dispose() => Handle.Dispose();

    private void Check(string call, int result) => Context.Driver.Check(call, result);

    private static void CheckSizes(CudaBlock from, CudaBlock to, long bytes)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, from.Bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, to.Bytes);
    }
}
