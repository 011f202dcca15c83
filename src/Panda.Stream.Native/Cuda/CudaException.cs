namespace Panda.Stream.Native.Cuda;

/// <summary>The CUDA driver refused a call, or a kernel that was started before it has failed. The message has the call, the error's name and its text.</summary>
public sealed class CudaException(string call, int code, string name, string text, string? detail = null)
    : Exception($"{call}: {name} ({text}){(detail is null ? "" : $": {detail}")}")
{
    internal const int OutOfMemory = 2, NotReady = 600, PeerAccessAlreadyEnabled = 704;
    internal const int InvalidPtx = 218, UnsupportedPtxVersion = 222, NoBinaryForGpu = 209;

    // What the driver documents to leave a context in which every later call fails alike: faulty accesses and instructions, asserts,
    // a watchdog's end, errors of the memory itself.
    private static readonly HashSet<int> ContextIsLost = [214, 220, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719];

    /// <summary>The driver's function.</summary>
    public string Call { get; } = call;

    /// <summary>The CUresult.</summary>
    public int Code { get; } = code;

    public bool IsOutOfMemory => Code == OutOfMemory;

    /// <summary>Whether the device can do nothing more in this process.</summary>
    public bool IsDeviceLost => ContextIsLost.Contains(Code);
}
