using System.Runtime.InteropServices;
using Panda.Stream.Kernels;
using Panda.Stream.Native.Cuda;

namespace Panda.Stream.Perf.Kernels;

/// <summary>A card with a stream and the kernels, and with what one work after the other keeps on it.</summary>
internal sealed class Card : IDisposable
{
    private readonly CudaContext _context;
    private readonly CudaKernels _kernels;
    private readonly CudaStream _stream;
    private readonly CudaEvent _begin, _end;
    private readonly List<CudaMemory> _blocks = [];

    public Card(CudaDriver driver, CudaDevice device)
    {
        _context = new(driver, device);
        _kernels = new(_context);
        _stream = _context.CreateStream();
        (_begin, _end) = (_context.CreateEvent(measuresTime: true), _context.CreateEvent(measuresTime: true));
    }

    public CudaMemory Put<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        using var pinned = _context.AllocatePinned(bytes.Length);
        bytes.CopyTo(pinned.Span);
        var block = Room(bytes.Length);
        _stream.Upload(pinned, block, bytes.Length);
        _stream.Synchronize();
        return block;
    }

    public CudaMemory Put<T>(T[] values) where T : unmanaged => Put<T>(values.AsSpan());

    public CudaMemory Room(long bytes)
    {
        _blocks.Add(_context.Allocate(bytes));
        return _blocks[^1];
    }

    public T[] Read<T>(CudaMemory from, int count) where T : unmanaged
    {
        var bytes = (long)count * Marshal.SizeOf<T>();
        using var pinned = _context.AllocatePinned(bytes);
        _stream.ReadBack(from, pinned, bytes);
        _stream.Synchronize();
        return MemoryMarshal.Cast<byte, T>(pinned.Span)[..count].ToArray();
    }

    public void Launch<T>(T arguments) where T : unmanaged, IKernelArguments => _kernels.Launch(_stream, arguments);

    public void Fill(CudaMemory memory, byte value) => _stream.Fill(memory, value, memory.Bytes);

    public void Copy(CudaMemory from, CudaMemory to) => _stream.Copy(from, to, from.Bytes);

    /// <summary>Seconds that something takes, by the card's clock, after something that does not count.</summary>
    public double Time(Action before, Action queue)
    {
        before();
        _begin.Record(_stream);
        queue();
        _end.Record(_stream);
        _end.Synchronize();
        return _end.Since(_begin).TotalSeconds;
    }

    /// <summary>Waits until all that was queued is done.</summary>
    public void Synchronize() => _stream.Synchronize();

    /// <summary>Frees what was put there.</summary>
    public void Clear()
    {
        _blocks.ForEach(block => block.Dispose());
        _blocks.Clear();
    }

    public void Dispose()
    {
        Clear();
        _begin.Dispose();
        _end.Dispose();
        _stream.Dispose();
        _kernels.Dispose();
        _context.Dispose();
    }
}
