using System.Runtime.InteropServices;

namespace Panda.Stream.Native.Cuda;

/// <summary>Owns one object of the driver and releases it once nobody uses it any more.</summary>
internal abstract class CudaHandle : SafeHandle
{
    protected CudaHandle(nint value) : base(0, ownsHandle: true) => SetHandle(value);

    public override bool IsInvalid => handle == 0;

    /// <summary>The pointer, alive until the lease is disposed, whoever disposes the owner meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">The owner has been disposed.</exception>
    internal CudaHandleLease Lease() => new(this);
}

/// <summary>Keeps a handle alive during native calls.</summary>
internal readonly ref struct CudaHandleLease : IDisposable
{
    private readonly CudaHandle _owner;

    internal CudaHandleLease(CudaHandle owner)
    {
        _owner = owner;
        var added = false;
        owner.DangerousAddRef(ref added);
        Pointer = owner.DangerousGetHandle();
    }

    internal nint Pointer { get; }

    public void Dispose() => _owner.DangerousRelease();
}

/// <summary>A card's primary context: one for all users of the process, libav and ONNX Runtime among them.</summary>
internal sealed unsafe class CudaContextHandle(CudaDriver driver, CudaDevice device, nint value) : CudaHandle(value)
{
    internal CudaDriver Driver => driver;

    internal CudaDevice Device => device;

    protected override bool ReleaseHandle() => driver.Api.DevicePrimaryCtxRelease(device.Handle) == 0;
}

/// <summary>What lives in a context, and keeps it alive until it is itself released, in that context.</summary>
internal abstract unsafe class CudaChildHandle : CudaHandle
{
    protected CudaChildHandle(CudaContextHandle context, nint value) : base(value)
    {
        var added = false;
        context.DangerousAddRef(ref added);
        Context = context;
    }

    internal CudaContextHandle Context { get; }

    protected CudaApi Api => Context.Driver.Api;

    /// <summary>Releases it; its context is current.</summary>
    protected abstract int Release();

    protected sealed override bool ReleaseHandle()
    {
        nint popped;
        // A lost context refuses all this, and has released everything already.
        var released = Api.CtxPushCurrent(Context.DangerousGetHandle()) == 0 && Release() == 0 & Api.CtxPopCurrent(&popped) == 0;
        Context.DangerousRelease();
        return released;
    }
}

internal sealed unsafe class CudaStreamHandle(CudaContextHandle context, nint value) : CudaChildHandle(context, value)
{
    protected override int Release() => Api.StreamDestroy(handle);
}

internal sealed unsafe class CudaEventHandle(CudaContextHandle context, nint value) : CudaChildHandle(context, value)
{
    protected override int Release() => Api.EventDestroy(handle);
}

internal sealed unsafe class CudaModuleHandle(CudaContextHandle context, nint value) : CudaChildHandle(context, value)
{
    protected override int Release() => Api.ModuleUnload(handle);
}

internal sealed unsafe class CudaDeviceMemoryHandle(CudaContextHandle context, nint value) : CudaChildHandle(context, value)
{
    protected override int Release() => Api.MemFree(handle);
}

internal sealed unsafe class CudaPinnedMemoryHandle(CudaContextHandle context, nint value) : CudaChildHandle(context, value)
{
    protected override int Release() => Api.MemFreeHost(handle);
}
