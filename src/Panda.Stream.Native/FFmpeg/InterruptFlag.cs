using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Panda.Stream.Native.FFmpeg.LibavLayout;

namespace Panda.Stream.Native.FFmpeg;

/// <summary>
/// What libav's input and output asks, between its waits, whether to give up: a number in memory that no collector moves, since the
/// thread that asks is libav's. A read that never returns from the kernel is not asked about.
/// </summary>
internal sealed unsafe class InterruptFlag
{
    private readonly int* _raised = (int*)NativeMemory.AllocZeroed(sizeof(int));
    private readonly CancellationTokenRegistration _registration;

    internal InterruptFlag(CancellationToken interrupt) =>
        _registration = interrupt.UnsafeRegister(static flag => Volatile.Write(ref *((InterruptFlag)flag!)._raised, 1), this);

    internal void GiveTo(nint context)
    {
        *(delegate* unmanaged[Cdecl]<nint, int>*)(context + AVFormatContext_interrupt_callback + AVIOInterruptCB_callback) = &IsRaised;
        *(nint*)(context + AVFormatContext_interrupt_callback + AVIOInterruptCB_opaque) = (nint)_raised;
    }

    /// <summary>Once nothing can ask any more.</summary>
    internal void Free()
    {
        _registration.Dispose(); // waits for a callback that is under way
        NativeMemory.Free(_raised);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int IsRaised(nint flag) => Volatile.Read(ref *(int*)flag);
}
