namespace Panda.Stream.Native.Cuda;

/// <summary>
/// Memory that is used again and again by the work of one stream. What a lease gives back goes to later work of that stream: on the card at
/// once, since the stream does it in order; in the machine's memory, which the processor touches too, once the stream has come past.
/// Disposing it frees what is idle; what is leased is freed with its last lease. Safe for use by several threads at once.
/// </summary>
public sealed class CudaPool<T> : IDisposable where T : CudaBlock
{
    private const long Smallest = 4096;

    private readonly CudaStream _stream;
    private readonly Func<long, T> _allocate;
    private readonly Lock _lock = new();
    private readonly List<Room> _idle = [];
    private bool _disposed;

    internal CudaPool(CudaStream stream, Func<long, T> allocate) => (_stream, _allocate) = (stream, allocate);

    /// <summary>Bytes that wait to be used again.</summary>
    public long IdleBytes
    {
        get
        {
            lock (_lock)
                return _idle.Sum(room => room.Block.Bytes);
        }
    }

    /// <summary>At least so many bytes, whose contents are undefined.</summary>
    /// <exception cref="CudaException">There is not so much, even when all that is idle is freed.</exception>
    public CudaLease<T> Rent(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        // A power of two, so that what was used for one size fits others.
        var size = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(bytes, Smallest));
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var found = _idle.FindIndex(room => room.Block.Bytes == size && room.Used?.IsDone != false);
            if (found >= 0)
            {
                var room = _idle[found];
                _idle.RemoveAt(found);
                return new(this, room);
            }
        }
        return new(this, new(AllocateOrFree(size)));
    }

    public void Dispose()
    {
        lock (_lock)
            _disposed = true;
        FreeIdle();
    }

    internal void GiveBack(Room room)
    {
        if (room.Block is CudaPinned && !TryMark(room))
        {
            room.Dispose(); // the card is lost, and this with it
            return;
        }
        lock (_lock)
        {
            if (!_disposed)
            {
                _idle.Add(room);
                return;
            }
        }
        room.Dispose();
    }

    private bool TryMark(Room room)
    {
        try
        {
            room.Used ??= _stream.Context.CreateEvent();
            room.Used.Record(_stream);
            return true;
        }
        catch (Exception error) when (error is CudaException or ObjectDisposedException)
        {
            return false;
        }
    }

    private T AllocateOrFree(long size)
    {
        try
        {
            return _allocate(size);
        }
        catch (CudaException error) when (error.IsOutOfMemory && FreeIdle())
        {
            return _allocate(size);
        }
    }

    private bool FreeIdle()
    {
        Room[] idle;
        lock (_lock)
        {
            idle = [.. _idle];
            _idle.Clear();
        }
        Array.ForEach(idle, room => room.Dispose());
        return idle.Length > 0;
    }

    /// <summary>A block, and the mark after which nothing of the stream uses it any more.</summary>
    internal sealed class Room(T block) : IDisposable
    {
        public T Block { get; } = block;

        public CudaEvent? Used { get; set; }

        public int Leases = 1;

        public void Dispose()
        {
            Block.Dispose();
            Used?.Dispose();
        }
    }
}

/// <summary>A use of a block of a pool. Several may share one block; with the last of them it goes back.</summary>
public sealed class CudaLease<T> : IDisposable where T : CudaBlock
{
    private readonly CudaPool<T> _pool;
    private readonly CudaPool<T>.Room _room;
    private int _disposed;

    internal CudaLease(CudaPool<T> pool, CudaPool<T>.Room room) => (_pool, _room) = (pool, room);

    /// <exception cref="ObjectDisposedException">The lease is over.</exception>
    public T Block
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) == 1, this);
            return _room.Block;
        }
    }

    /// <summary>Another lease of the same block.</summary>
    public CudaLease<T> Share()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) == 1, this);
        Interlocked.Increment(ref _room.Leases);
        return new(_pool, _room);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1 || Interlocked.Decrement(ref _room.Leases) > 0)
            return;
        _room.Leases = 1; // for whoever rents it next
        _pool.GiveBack(_room);
    }
}
