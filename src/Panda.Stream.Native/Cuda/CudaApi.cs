using System.Runtime.InteropServices;

namespace Panda.Stream.Native.Cuda;

/// <summary>
/// The calls of <c>cuda.h</c> that this project makes, found by name in the driver's library; those that have a <c>_v2</c> form are bound by it,
/// since the others have 32-bit sizes. Each gives a CUresult: see <see cref="CudaDriver.Check"/>.
/// </summary>
internal sealed unsafe class CudaApi(SymbolTable symbols)
{
    /// <summary>Symbols that the library does not have; no call may be made when there are any.</summary>
    internal IReadOnlyList<string> Missing => symbols.Missing;

    internal delegate* unmanaged<uint, int> Init { get; } = (delegate* unmanaged<uint, int>)symbols.Find("cuInit");
    internal delegate* unmanaged<int*, int> DriverGetVersion { get; } = (delegate* unmanaged<int*, int>)symbols.Find("cuDriverGetVersion");

    /// <summary>(code, out static text)</summary>
    internal delegate* unmanaged<int, byte**, int> GetErrorName { get; } = (delegate* unmanaged<int, byte**, int>)symbols.Find("cuGetErrorName");

    /// <summary>(code, out static text)</summary>
    internal delegate* unmanaged<int, byte**, int> GetErrorString { get; } = (delegate* unmanaged<int, byte**, int>)symbols.Find("cuGetErrorString");

    internal delegate* unmanaged<int*, int> DeviceGetCount { get; } = (delegate* unmanaged<int*, int>)symbols.Find("cuDeviceGetCount");

    /// <summary>(out device, ordinal)</summary>
    internal delegate* unmanaged<int*, int, int> DeviceGet { get; } = (delegate* unmanaged<int*, int, int>)symbols.Find("cuDeviceGet");

    /// <summary>(text, its room in bytes, device)</summary>
    internal delegate* unmanaged<byte*, int, int, int> DeviceGetName { get; } = (delegate* unmanaged<byte*, int, int, int>)symbols.Find("cuDeviceGetName");

    /// <summary>(out value, attribute, device)</summary>
    internal delegate* unmanaged<int*, int, int, int> DeviceGetAttribute { get; } = (delegate* unmanaged<int*, int, int, int>)symbols.Find("cuDeviceGetAttribute");

    /// <summary>(out bytes, device)</summary>
    internal delegate* unmanaged<nuint*, int, int> DeviceTotalMem { get; } = (delegate* unmanaged<nuint*, int, int>)symbols.Find("cuDeviceTotalMem_v2");

    /// <summary>(out whether, device, the other device)</summary>
    internal delegate* unmanaged<int*, int, int, int> DeviceCanAccessPeer { get; } = (delegate* unmanaged<int*, int, int, int>)symbols.Find("cuDeviceCanAccessPeer");

    /// <summary>(out context, device)</summary>
    internal delegate* unmanaged<nint*, int, int> DevicePrimaryCtxRetain { get; } = (delegate* unmanaged<nint*, int, int>)symbols.Find("cuDevicePrimaryCtxRetain");

    internal delegate* unmanaged<int, int> DevicePrimaryCtxRelease { get; } = (delegate* unmanaged<int, int>)symbols.Find("cuDevicePrimaryCtxRelease_v2");
    internal delegate* unmanaged<nint, int> CtxPushCurrent { get; } = (delegate* unmanaged<nint, int>)symbols.Find("cuCtxPushCurrent_v2");

    /// <summary>(out context that was current)</summary>
    internal delegate* unmanaged<nint*, int> CtxPopCurrent { get; } = (delegate* unmanaged<nint*, int>)symbols.Find("cuCtxPopCurrent_v2");

    internal delegate* unmanaged<int> CtxSynchronize { get; } = (delegate* unmanaged<int>)symbols.Find("cuCtxSynchronize");

    /// <summary>(the other context, flags)</summary>
    internal delegate* unmanaged<nint, uint, int> CtxEnablePeerAccess { get; } = (delegate* unmanaged<nint, uint, int>)symbols.Find("cuCtxEnablePeerAccess");

    /// <summary>(out stream, flags)</summary>
    internal delegate* unmanaged<nint*, uint, int> StreamCreate { get; } = (delegate* unmanaged<nint*, uint, int>)symbols.Find("cuStreamCreate");

    internal delegate* unmanaged<nint, int> StreamDestroy { get; } = (delegate* unmanaged<nint, int>)symbols.Find("cuStreamDestroy_v2");
    internal delegate* unmanaged<nint, int> StreamSynchronize { get; } = (delegate* unmanaged<nint, int>)symbols.Find("cuStreamSynchronize");

    /// <summary>(stream, event, flags)</summary>
    internal delegate* unmanaged<nint, nint, uint, int> StreamWaitEvent { get; } = (delegate* unmanaged<nint, nint, uint, int>)symbols.Find("cuStreamWaitEvent");

    /// <summary>(out event, flags)</summary>
    internal delegate* unmanaged<nint*, uint, int> EventCreate { get; } = (delegate* unmanaged<nint*, uint, int>)symbols.Find("cuEventCreate");

    internal delegate* unmanaged<nint, int> EventDestroy { get; } = (delegate* unmanaged<nint, int>)symbols.Find("cuEventDestroy_v2");

    /// <summary>(event, stream)</summary>
    internal delegate* unmanaged<nint, nint, int> EventRecord { get; } = (delegate* unmanaged<nint, nint, int>)symbols.Find("cuEventRecord");

    internal delegate* unmanaged<nint, int> EventQuery { get; } = (delegate* unmanaged<nint, int>)symbols.Find("cuEventQuery");
    internal delegate* unmanaged<nint, int> EventSynchronize { get; } = (delegate* unmanaged<nint, int>)symbols.Find("cuEventSynchronize");

    /// <summary>(out milliseconds, first event, second event)</summary>
    internal delegate* unmanaged<float*, nint, nint, int> EventElapsedTime { get; } = (delegate* unmanaged<float*, nint, nint, int>)symbols.Find("cuEventElapsedTime");

    /// <summary>(out module, PTX text ending in 0, how many options, options, their values)</summary>
    internal delegate* unmanaged<nint*, byte*, uint, int*, void**, int> ModuleLoadDataEx { get; } = (delegate* unmanaged<nint*, byte*, uint, int*, void**, int>)symbols.Find("cuModuleLoadDataEx");

    internal delegate* unmanaged<nint, int> ModuleUnload { get; } = (delegate* unmanaged<nint, int>)symbols.Find("cuModuleUnload");

    /// <summary>(out function, owned by the module; module; name)</summary>
    internal delegate* unmanaged<nint*, nint, byte*, int> ModuleGetFunction { get; } = (delegate* unmanaged<nint*, nint, byte*, int>)symbols.Find("cuModuleGetFunction");

    /// <summary>(function, blocks x, y, z, threads x, y, z, shared bytes, stream, pointers to arguments, extra)</summary>
    internal delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> LaunchKernel { get; } = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)symbols.Find("cuLaunchKernel");

    /// <summary>(out free bytes, out total bytes)</summary>
    internal delegate* unmanaged<nuint*, nuint*, int> MemGetInfo { get; } = (delegate* unmanaged<nuint*, nuint*, int>)symbols.Find("cuMemGetInfo_v2");

    /// <summary>(out device pointer, bytes)</summary>
    internal delegate* unmanaged<nint*, nuint, int> MemAlloc { get; } = (delegate* unmanaged<nint*, nuint, int>)symbols.Find("cuMemAlloc_v2");

    internal delegate* unmanaged<nint, int> MemFree { get; } = (delegate* unmanaged<nint, int>)symbols.Find("cuMemFree_v2");

    /// <summary>(out host pointer, bytes, flags)</summary>
    internal delegate* unmanaged<nint*, nuint, uint, int> MemHostAlloc { get; } = (delegate* unmanaged<nint*, nuint, uint, int>)symbols.Find("cuMemHostAlloc");

    internal delegate* unmanaged<nint, int> MemFreeHost { get; } = (delegate* unmanaged<nint, int>)symbols.Find("cuMemFreeHost");

    /// <summary>(device, host, bytes, stream)</summary>
    internal delegate* unmanaged<nint, nint, nuint, nint, int> MemcpyHtoDAsync { get; } = (delegate* unmanaged<nint, nint, nuint, nint, int>)symbols.Find("cuMemcpyHtoDAsync_v2");

    /// <summary>(host, device, bytes, stream)</summary>
    internal delegate* unmanaged<nint, nint, nuint, nint, int> MemcpyDtoHAsync { get; } = (delegate* unmanaged<nint, nint, nuint, nint, int>)symbols.Find("cuMemcpyDtoHAsync_v2");

    /// <summary>(to, from, bytes, stream)</summary>
    internal delegate* unmanaged<nint, nint, nuint, nint, int> MemcpyDtoDAsync { get; } = (delegate* unmanaged<nint, nint, nuint, nint, int>)symbols.Find("cuMemcpyDtoDAsync_v2");

    /// <summary>(to, its context, from, its context, bytes, stream)</summary>
    internal delegate* unmanaged<nint, nint, nint, nint, nuint, nint, int> MemcpyPeerAsync { get; } = (delegate* unmanaged<nint, nint, nint, nint, nuint, nint, int>)symbols.Find("cuMemcpyPeerAsync");

    /// <summary>(device, value, bytes, stream)</summary>
    internal delegate* unmanaged<nint, byte, nuint, nint, int> MemsetD8Async { get; } = (delegate* unmanaged<nint, byte, nuint, nint, int>)symbols.Find("cuMemsetD8Async");
}

/// <summary>Finds symbols in a loaded library and remembers those that are not there.</summary>
internal sealed unsafe class SymbolTable(nint library)
{
    private readonly List<string> _missing = [];

    internal IReadOnlyList<string> Missing => _missing;

    /// <summary>Null when it is missing.</summary>
    internal void* Find(string symbol)
    {
        if (NativeLibrary.TryGetExport(library, symbol, out var entry))
            return (void*)entry;
        _missing.Add(symbol);
        return null;
    }
}
