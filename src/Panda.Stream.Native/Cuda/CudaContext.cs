namespace Panda.Stream.Native.Cuda;

/// <summary>
/// Work on one card: makes streams, events, modules and memory, all of which keep it alive. A fault of a kernel costs the context, and with it
/// everything on that card in this process: see <see cref="CudaException.IsDeviceLost"/>. Safe for use by several threads at once.
/// </summary>
public sealed unsafe class CudaContext : IDisposable
{
    /// <exception cref="CudaException">The card cannot be used: it is another's alone, or out of memory.</exception>
    public CudaContext(CudaDriver driver, CudaDevice device)
    {
        ArgumentNullException.ThrowIfNull(driver);
        ArgumentNullException.ThrowIfNull(device);
        (Driver, Device) = (driver, device);
        nint context;
        driver.Check("cuDevicePrimaryCtxRetain", driver.Api.DevicePrimaryCtxRetain(&context, device.Handle));
        Handle = new(driver, device, context);
    }

    public CudaDriver Driver { get; }

    public CudaDevice Device { get; }

    internal CudaContextHandle Handle { get; }

    internal CudaApi Api => Driver.Api;

    /// <summary>Bytes of the card's memory that are free, and all of them.</summary>
    public (long Free, long Total) Memory
    {
        get
        {
            using var current = Enter();
            nuint free, total;
            Driver.Check("cuMemGetInfo_v2", Api.MemGetInfo(&free, &total));
            return ((long)free, (long)total);
        }
    }

    public CudaStream CreateStream() => new(this);

    /// <param name="measuresTime">Whether times between such events can be told, which makes them slower.</param>
    public CudaEvent CreateEvent(bool measuresTime = false) => new(this, measuresTime);

    /// <summary>Compiles PTX for the card.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="ptx">The text.</param>
    /// <exception cref="CudaException">The card or the driver is too old for it, or it is no sound PTX; with what the compiler said.</exception>
    public CudaModule LoadModule(string name, string ptx) => new(this, name, ptx);

    /// <summary>Memory on the card; its contents are undefined.</summary>
    /// <exception cref="CudaException">There is not so much; the message says how much there is.</exception>
    public CudaMemory Allocate(long bytes) => CudaMemory.Allocate(this, bytes);

    /// <summary>Memory of the machine that the card can read and write while the processor does other things; its contents are undefined.</summary>
    public CudaPinned AllocatePinned(long bytes) => CudaPinned.Allocate(this, bytes);

    /// <summary>Lets copies from and to another card go directly, where the machine can do that; else they go through its memory.</summary>
    /// <returns>Whether it can.</returns>
    public bool TryEnablePeer(CudaContext other)
    {
        ArgumentNullException.ThrowIfNull(other);
        int can;
        Driver.Check("cuDeviceCanAccessPeer", Api.DeviceCanAccessPeer(&can, Device.Handle, other.Device.Handle));
        if (can == 0)
            return false;
        using var current = Enter();
        using var peer = other.Handle.Lease();
        var result = Api.CtxEnablePeerAccess(peer.Pointer, 0);
        if (result != CudaException.PeerAccessAlreadyEnabled)
            Driver.Check("cuCtxEnablePeerAccess", result);
        return true;
    }

    /// <summary>Waits until all that was begun on the card has ended.</summary>
    /// <exception cref="CudaException">Something of it has failed.</exception>
    public void Synchronize()
    {
        using var current = Enter();
        Driver.Check("cuCtxSynchronize", Api.CtxSynchronize());
    }

    /// <summary>Streams, events, modules and memory that were made can be used on, and keep the context until the last of them is released.</summary>
    public void Dispose() => Handle.Dispose();

    /// <summary>Makes it current on this thread until that is disposed.</summary>
    internal CudaCurrent Enter() => new(Handle);
}

/// <summary>A context that is current on this thread.</summary>
internal readonly unsafe ref struct CudaCurrent : IDisposable
{
    private readonly CudaHandleLease _context;
    private readonly CudaDriver _driver;

    internal CudaCurrent(CudaContextHandle context)
    {
        _driver = context.Driver;
        _context = context.Lease();
        var result = _driver.Api.CtxPushCurrent(_context.Pointer);
        if (result == 0)
            return;
        _context.Dispose();
        _driver.Check("cuCtxPushCurrent_v2", result);
    }

    public void Dispose()
    {
        nint popped;
        _ = _driver.Api.CtxPopCurrent(&popped);
        _context.Dispose();
    }
}
