using Panda.Stream.Kernels;
using Panda.Stream.Native.Cuda;

namespace Panda.Stream.Perf.Kernels;

/// <summary>A card with a stream and the kernels, and with what one work after the other keeps on it.</summary>
internal sealed class Card : IDisposable
{
    private readonly CudaContext _context;
    private readonly CudaEvent _begin, _end;
    private readonly List<IDisposable> _owned = [];

    public Card(CudaDriver driver, CudaDevice device)
    {
        _context = new(driver, device);
        Stream = _context.CreateStream();
        Work = new(Stream);
        (_begin, _end) = (_context.CreateEvent(measuresTime: true), _context.CreateEvent(measuresTime: true));
    }

    public CudaStream Stream { get; }

    public CudaWork Work { get; }

    public CudaMemory Put<T>(ReadOnlySpan<T> values) where T : unmanaged => Own(Work.Put(values)).Block;

    public CudaMemory Put<T>(T[] values) where T : unmanaged => Put<T>(values.AsSpan());

    public CudaMemory Room(long bytes) => Own(Work.Rent(bytes)).Block;

    public T[] Read<T>(CudaMemory from, int count) where T : unmanaged => Work.Read<T>(from, count);

    public void Launch<T>(T arguments) where T : unmanaged, IKernelArguments => Work.Launch(arguments);

    /// <summary>Disposes something with the work's memory.</summary>
    public T Own<T>(T disposable) where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }

    /// <summary>Seconds that something takes, by the card's clock, after something that does not count.</summary>
    public double Time(Action before, Action queue)
    {
        before();
        _begin.Record(Stream);
        queue();
        _end.Record(Stream);
        _end.Synchronize();
        return _end.Since(_begin).TotalSeconds;
    }

    /// <summary>Frees what was put there.</summary>
    public void Clear()
    {
        _owned.ForEach(one => one.Dispose());
        _owned.Clear();
    }

    public void Dispose()
    {
        Clear();
        _begin.Dispose();
        _end.Dispose();
        Work.Dispose();
        Stream.Dispose();
        _context.Dispose();
    }
}
