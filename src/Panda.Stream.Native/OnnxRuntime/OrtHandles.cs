using System.Runtime.InteropServices;

namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>Owns one object of ONNX Runtime and releases it once nobody uses it any more.</summary>
internal abstract class OrtHandle : SafeHandle
{
    protected OrtHandle(nint value) : base(0, ownsHandle: true) => SetHandle(value);

    public override bool IsInvalid => handle == 0;

    /// <summary>The pointer, alive until the lease is disposed, whoever disposes the owner meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">The owner has been disposed.</exception>
    internal OrtLease Lease() => new(this);
}

/// <summary>Keeps a handle alive during native calls.</summary>
internal readonly ref struct OrtLease : IDisposable
{
    private readonly OrtHandle? _owner; // none in the default lease, whose pointer is null

    internal OrtLease(OrtHandle owner)
    {
        _owner = owner;
        var added = false;
        owner.DangerousAddRef(ref added);
        Pointer = owner.DangerousGetHandle();
    }

    internal nint Pointer { get; }

    public void Dispose() => _owner?.DangerousRelease();
}

internal sealed unsafe class OrtEnvHandle(nint value) : OrtHandle(value)
{
    protected override bool ReleaseHandle()
    {
        OrtApi.ReleaseEnv(handle);
        return true;
    }
}

internal sealed unsafe class OrtSessionOptionsHandle(nint value) : OrtHandle(value)
{
    protected override bool ReleaseHandle()
    {
        OrtApi.ReleaseSessionOptions(handle);
        return true;
    }
}

internal sealed unsafe class OrtSessionHandle(nint value) : OrtHandle(value)
{
    protected override bool ReleaseHandle()
    {
        OrtApi.ReleaseSession(handle);
        return true;
    }
}

internal sealed unsafe class OrtRunOptionsHandle(nint value) : OrtHandle(value)
{
    protected override bool ReleaseHandle()
    {
        OrtApi.ReleaseRunOptions(handle);
        return true;
    }
}

/// <param name="value">The value.</param>
/// <param name="memory">What keeps its memory alive where that is not its own; let go of after it.</param>
internal sealed unsafe class OrtValueHandle(nint value, IDisposable? memory) : OrtHandle(value)
{
    /// <summary>Keeps the value alive until it is disposed.</summary>
    internal IDisposable Hold() => new Held(this);

    protected override bool ReleaseHandle()
    {
        OrtApi.ReleaseValue(handle);
        memory?.Dispose();
        return true;
    }

    private sealed class Held : IDisposable
    {
        private readonly OrtValueHandle _value;

        internal Held(OrtValueHandle value)
        {
            _value = value;
            var added = false;
            value.DangerousAddRef(ref added);
        }

        public void Dispose() => _value.DangerousRelease();
    }
}

internal sealed unsafe class OrtMemoryInfoHandle(nint value) : OrtHandle(value)
{
    protected override bool ReleaseHandle()
    {
        OrtApi.ReleaseMemoryInfo(handle);
        return true;
    }
}

internal sealed unsafe class OrtCudaOptionsHandle(nint value) : OrtHandle(value)
{
    protected override bool ReleaseHandle()
    {
        OrtApi.ReleaseCudaOptions(handle);
        return true;
    }
}

internal sealed unsafe class OrtIoBindingHandle(nint value) : OrtHandle(value)
{
    protected override bool ReleaseHandle()
    {
        OrtApi.ReleaseIoBinding(handle);
        return true;
    }
}
