namespace Panda.Stream.Native.Cuda;

/// <summary>Memory that a card can work on.</summary>
public abstract class CudaBlock : IDisposable
{
    private protected CudaBlock(CudaContext context, CudaHandle handle, long bytes) => (Context, Handle, Bytes) = (context, handle, bytes);

    public CudaContext Context { get; }

    public long Bytes { get; }

    /// <summary>For the arguments of kernels; it must live until they are done.</summary>
    public nint Pointer => Handle.IsClosed ? throw new ObjectDisposedException(GetType().Name) : Handle.DangerousGetHandle();

    internal CudaHandle Handle { get; }

    public void Dispose()
    {
        Handle.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Memory on a card.</summary>
public sealed unsafe class CudaMemory : CudaBlock
{
    private CudaMemory(CudaContext context, CudaHandle handle, long bytes) : base(context, handle, bytes)
    {
    }

    internal static CudaMemory Allocate(CudaContext context, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        int result;
        nint pointer;
        using (context.Enter())
            result = context.Api.MemAlloc(&pointer, (nuint)bytes);
        if (result == CudaException.OutOfMemory)
        {
            var (free, total) = context.Memory;
            throw context.Driver.Error("cuMemAlloc_v2", result, $"found {free} of {total} bytes free on {context.Device}, expected {bytes}");
        }
        context.Driver.Check("cuMemAlloc_v2", result);
        return new(context, new CudaDeviceMemoryHandle(context.Handle, pointer), bytes);
    }
}

/// <summary>Memory of the machine that is never paged out, for copies to and from a card that go on beside other work.</summary>
public sealed unsafe class CudaPinned : CudaBlock
{
    private const uint Portable = 1; // for all cards

    private CudaPinned(CudaContext context, CudaHandle handle, long bytes) : base(context, handle, bytes)
    {
    }

    /// <summary>Its bytes; the span must not outlive it, nor be touched while the card works on it.</summary>
    public Span<byte> Span => new((void*)Pointer, checked((int)Bytes));

    internal static CudaPinned Allocate(CudaContext context, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        using var current = context.Enter();
        nint pointer;
        var result = context.Api.MemHostAlloc(&pointer, (nuint)bytes, Portable);
        if (result == CudaException.OutOfMemory)
            throw context.Driver.Error("cuMemHostAlloc", result, $"expected {bytes} bytes of the machine's memory that are never paged out");
        context.Driver.Check("cuMemHostAlloc", result);
        return new(context, new CudaPinnedMemoryHandle(context.Handle, pointer), bytes);
    }
}
