using System.Runtime.InteropServices;
using Panda.Stream.Native.Cuda;

namespace Panda.Stream.Kernels;

/// <summary>
/// What kernels need to work in the order of one stream: themselves, room on its card, and the way of small things there and back.
/// Safe for use by several threads at once.
/// </summary>
/// <param name="stream">It stays the caller's.</param>
internal sealed class CudaWork(CudaStream stream) : IDisposable
{
    private readonly CudaKernels _kernels = new(stream.Context);
    private readonly CudaPool<CudaMemory> _memory = stream.CreatePool();
    private readonly CudaPool<CudaPinned> _pinned = stream.CreatePinnedPool();

    /// <summary>Compiles modules for the card, before they are needed.</summary>
    /// <exception cref="CudaException">The card or the driver cannot take one.</exception>
    public void Load(params ReadOnlySpan<string> modules)
    {
        foreach (var module in modules)
            _kernels.Load(module);
    }

    /// <inheritdoc cref="CudaKernels.Launch"/>
    public void Launch<T>(T arguments) where T : unmanaged, IKernelArguments => _kernels.Launch(stream, arguments);

    /// <exception cref="CudaException">There is not so much.</exception>
    public CudaLease<CudaMemory> Rent(long bytes) => _memory.Rent(bytes);

    /// <summary>Queues the copy of at least one value.</summary>
    /// <exception cref="CudaException">The card refused, or is out of memory.</exception>
    public CudaLease<CudaMemory> Put<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        using var staged = _pinned.Rent(bytes.Length);
        bytes.CopyTo(staged.Block.Span);
        return Upload(staged.Block, bytes.Length);
    }

    /// <summary>Likewise of bytes that are written where they are copied from.</summary>
    /// <param name="bytes">At least 1.</param>
    /// <param name="write">Is given room for them.</param>
    /// <exception cref="CudaException">The same.</exception>
    public CudaLease<CudaMemory> Put(long bytes, Action<Span<byte>> write)
    {
        using var staged = _pinned.Rent(bytes);
        write(staged.Block.Span);
        return Upload(staged.Block, bytes);
    }

    /// <summary>Waits for all that was queued, and for the copy of the first values of a block.</summary>
    /// <exception cref="CudaException">Something of it has failed.</exception>
    public T[] Read<T>(CudaMemory from, int count) where T : unmanaged
    {
        var bytes = (long)count * Marshal.SizeOf<T>();
        using var readBack = _pinned.Rent(bytes);
        stream.ReadBack(from, readBack.Block, bytes);
        stream.Synchronize();
        return MemoryMarshal.Cast<byte, T>(readBack.Block.Span)[..count].ToArray();
    }

    public void Dispose()
    {
        _memory.Dispose();
        _pinned.Dispose();
        _kernels.Dispose();
    }

    private CudaLease<CudaMemory> Upload(CudaPinned from, long bytes)
    {
        var there = Rent(bytes);
        try
        {
            stream.Upload(from, there.Block, bytes);
            return there;
        }
        catch
        {
            there.Dispose();
            throw;
        }
    }
}
