using System.Runtime.InteropServices;

namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>
/// The calls of <c>onnxruntime_c_api.h</c> that this project makes. ONNX Runtime hands out one table of function pointers whose order
/// never changes; each member names its slot. A call that can fail returns an OrtStatus pointer, null for success: see <see cref="OrtStatus.Ok"/>.
/// </summary>
internal static unsafe partial class OrtApi
{
    /// <summary>The lowest table version that holds every slot below: UpdateCUDAProviderOptionsWithValue came with 16.</summary>
    internal const uint Version = 16;

    private static readonly OrtApiBase* Base = OrtGetApiBase();
    private static readonly void** Slots = Table();

    /// <summary>The library's own version, such as 1.30.0.</summary>
    internal static string LibraryVersion => Marshal.PtrToStringUTF8((nint)Base->GetVersionString())!;

    internal static delegate* unmanaged<nint, int> GetErrorCode => (delegate* unmanaged<nint, int>)Slots[1];
    internal static delegate* unmanaged<nint, byte*> GetErrorMessage => (delegate* unmanaged<nint, byte*>)Slots[2];

    /// <summary>(log level, log id, out env)</summary>
    internal static delegate* unmanaged<int, byte*, nint*, nint> CreateEnv => (delegate* unmanaged<int, byte*, nint*, nint>)Slots[3];

    /// <summary>(env, UTF-8 path, session options, out session)</summary>
    internal static delegate* unmanaged<nint, byte*, nint, nint*, nint> CreateSession => (delegate* unmanaged<nint, byte*, nint, nint*, nint>)Slots[7];

    /// <summary>(session, run options or null, input names, inputs, count, output names, count, in/out outputs)</summary>
    internal static delegate* unmanaged<nint, nint, byte**, nint*, nuint, byte**, nuint, nint*, nint> Run =>
        (delegate* unmanaged<nint, nint, byte**, nint*, nuint, byte**, nuint, nint*, nint>)Slots[9];

    internal static delegate* unmanaged<nint*, nint> CreateSessionOptions => (delegate* unmanaged<nint*, nint>)Slots[10];
    internal static delegate* unmanaged<nint, int, nint> SetIntraOpNumThreads => (delegate* unmanaged<nint, int, nint>)Slots[24];
    internal static delegate* unmanaged<nint, nuint*, nint> SessionGetInputCount => (delegate* unmanaged<nint, nuint*, nint>)Slots[30];
    internal static delegate* unmanaged<nint, nuint*, nint> SessionGetOutputCount => (delegate* unmanaged<nint, nuint*, nint>)Slots[31];

    /// <summary>(session, index, out type info to release)</summary>
    internal static delegate* unmanaged<nint, nuint, nint*, nint> SessionGetInputTypeInfo => (delegate* unmanaged<nint, nuint, nint*, nint>)Slots[33];

    /// <summary>(session, index, out type info to release)</summary>
    internal static delegate* unmanaged<nint, nuint, nint*, nint> SessionGetOutputTypeInfo => (delegate* unmanaged<nint, nuint, nint*, nint>)Slots[34];

    /// <summary>(session, index, allocator, out text to free with the allocator)</summary>
    internal static delegate* unmanaged<nint, nuint, nint, byte**, nint> SessionGetInputName => (delegate* unmanaged<nint, nuint, nint, byte**, nint>)Slots[36];

    /// <summary>(session, index, allocator, out text to free with the allocator)</summary>
    internal static delegate* unmanaged<nint, nuint, nint, byte**, nint> SessionGetOutputName => (delegate* unmanaged<nint, nuint, nint, byte**, nint>)Slots[37];

    internal static delegate* unmanaged<nint*, nint> CreateRunOptions => (delegate* unmanaged<nint*, nint>)Slots[39];

    /// <summary>(run options): the run that uses them ends at its next operator, and so does any later one.</summary>
    internal static delegate* unmanaged<nint, nint> RunOptionsSetTerminate => (delegate* unmanaged<nint, nint>)Slots[46];

    /// <summary>(allocator, shape, rank, element type, out value)</summary>
    internal static delegate* unmanaged<nint, long*, nuint, int, nint*, nint> CreateTensorAsOrtValue =>
        (delegate* unmanaged<nint, long*, nuint, int, nint*, nint>)Slots[48];

    /// <summary>(memory info, data, bytes, shape, rank, element type, out value that does not own the data)</summary>
    internal static delegate* unmanaged<nint, void*, nuint, long*, nuint, int, nint*, nint> CreateTensorWithDataAsOrtValue =>
        (delegate* unmanaged<nint, void*, nuint, long*, nuint, int, nint*, nint>)Slots[49];

    internal static delegate* unmanaged<nint, void**, nint> GetTensorMutableData => (delegate* unmanaged<nint, void**, nint>)Slots[51];

    /// <summary>(type info, out tensor info, owned by the type info; null when it is no tensor)</summary>
    internal static delegate* unmanaged<nint, nint*, nint> CastTypeInfoToTensorInfo => (delegate* unmanaged<nint, nint*, nint>)Slots[55];

    internal static delegate* unmanaged<nint, int*, nint> GetTensorElementType => (delegate* unmanaged<nint, int*, nint>)Slots[60];
    internal static delegate* unmanaged<nint, nuint*, nint> GetDimensionsCount => (delegate* unmanaged<nint, nuint*, nint>)Slots[61];
    internal static delegate* unmanaged<nint, long*, nuint, nint> GetDimensions => (delegate* unmanaged<nint, long*, nuint, nint>)Slots[62];

    /// <summary>(tensor info, out names owned by it, rank)</summary>
    internal static delegate* unmanaged<nint, byte**, nuint, nint> GetSymbolicDimensions => (delegate* unmanaged<nint, byte**, nuint, nint>)Slots[63];

    /// <summary>(value, out tensor info to release)</summary>
    internal static delegate* unmanaged<nint, nint*, nint> GetTensorTypeAndShape => (delegate* unmanaged<nint, nint*, nint>)Slots[65];

    /// <summary>(name, allocator type, device number, memory type, out memory info to release)</summary>
    internal static delegate* unmanaged<byte*, int, int, int, nint*, nint> CreateMemoryInfo => (delegate* unmanaged<byte*, int, int, int, nint*, nint>)Slots[68];

    internal static delegate* unmanaged<nint, void*, nint> AllocatorFree => (delegate* unmanaged<nint, void*, nint>)Slots[76];

    /// <summary>(allocator, out memory info, owned by it)</summary>
    internal static delegate* unmanaged<nint, nint*, nint> AllocatorGetInfo => (delegate* unmanaged<nint, nint*, nint>)Slots[77];

    /// <summary>(out allocator, never to be released)</summary>
    internal static delegate* unmanaged<nint*, nint> GetAllocatorWithDefaultOptions => (delegate* unmanaged<nint*, nint>)Slots[78];

    internal static delegate* unmanaged<nint, void> ReleaseEnv => (delegate* unmanaged<nint, void>)Slots[92];
    internal static delegate* unmanaged<nint, void> ReleaseStatus => (delegate* unmanaged<nint, void>)Slots[93];
    internal static delegate* unmanaged<nint, void> ReleaseMemoryInfo => (delegate* unmanaged<nint, void>)Slots[94];
    internal static delegate* unmanaged<nint, void> ReleaseSession => (delegate* unmanaged<nint, void>)Slots[95];
    internal static delegate* unmanaged<nint, void> ReleaseValue => (delegate* unmanaged<nint, void>)Slots[96];
    internal static delegate* unmanaged<nint, void> ReleaseRunOptions => (delegate* unmanaged<nint, void>)Slots[97];
    internal static delegate* unmanaged<nint, void> ReleaseTypeInfo => (delegate* unmanaged<nint, void>)Slots[98];
    internal static delegate* unmanaged<nint, void> ReleaseTensorTypeAndShapeInfo => (delegate* unmanaged<nint, void>)Slots[99];
    internal static delegate* unmanaged<nint, void> ReleaseSessionOptions => (delegate* unmanaged<nint, void>)Slots[100];

    /// <summary>(out names in an array to release, out count)</summary>
    internal static delegate* unmanaged<byte***, int*, nint> GetAvailableProviders => (delegate* unmanaged<byte***, int*, nint>)Slots[125];

    internal static delegate* unmanaged<byte**, int, nint> ReleaseAvailableProviders => (delegate* unmanaged<byte**, int, nint>)Slots[126];

    /// <summary>(session options, key, value)</summary>
    internal static delegate* unmanaged<nint, byte*, byte*, nint> AddSessionConfigEntry => (delegate* unmanaged<nint, byte*, byte*, nint>)Slots[130];

    /// <summary>(session, run options or null, binding)</summary>
    internal static delegate* unmanaged<nint, nint, nint, nint> RunWithBinding => (delegate* unmanaged<nint, nint, nint, nint>)Slots[133];

    internal static delegate* unmanaged<nint, nint*, nint> CreateIoBinding => (delegate* unmanaged<nint, nint*, nint>)Slots[134];
    internal static delegate* unmanaged<nint, void> ReleaseIoBinding => (delegate* unmanaged<nint, void>)Slots[135];

    /// <summary>(binding, name, value)</summary>
    internal static delegate* unmanaged<nint, byte*, nint, nint> BindInput => (delegate* unmanaged<nint, byte*, nint, nint>)Slots[136];

    /// <summary>(binding, name, value that the output is written into)</summary>
    internal static delegate* unmanaged<nint, byte*, nint, nint> BindOutput => (delegate* unmanaged<nint, byte*, nint, nint>)Slots[137];

    /// <summary>(binding, name, memory info of where ONNX Runtime allocates the output)</summary>
    internal static delegate* unmanaged<nint, byte*, nint, nint> BindOutputToDevice => (delegate* unmanaged<nint, byte*, nint, nint>)Slots[138];

    /// <summary>(binding, allocator, out values in an array to free with it, out count)</summary>
    internal static delegate* unmanaged<nint, nint, nint**, nuint*, nint> GetBoundOutputValues => (delegate* unmanaged<nint, nint, nint**, nuint*, nint>)Slots[140];

    internal static delegate* unmanaged<nint, void> ClearBoundOutputs => (delegate* unmanaged<nint, void>)Slots[142];

    /// <summary>(session options, CUDA options)</summary>
    internal static delegate* unmanaged<nint, nint, nint> AppendCudaProvider => (delegate* unmanaged<nint, nint, nint>)Slots[204];

    internal static delegate* unmanaged<nint*, nint> CreateCudaOptions => (delegate* unmanaged<nint*, nint>)Slots[205];

    /// <summary>(CUDA options, keys, values, count): sets every option, those that are not named to their defaults.</summary>
    internal static delegate* unmanaged<nint, byte**, byte**, nuint, nint> UpdateCudaOptions => (delegate* unmanaged<nint, byte**, byte**, nuint, nint>)Slots[206];

    internal static delegate* unmanaged<nint, void> ReleaseCudaOptions => (delegate* unmanaged<nint, void>)Slots[208];

    /// <summary>(CUDA options, key, value that is no text)</summary>
    internal static delegate* unmanaged<nint, byte*, nint, nint> UpdateCudaOption => (delegate* unmanaged<nint, byte*, nint, nint>)Slots[263];

    private static void** Table()
    {
        var table = Base->GetApi(Version);
        return table is not null
            ? table
            : throw new NativeLibraryException($"onnxruntime {LibraryVersion}: it offers no API version {Version}, expected ONNX Runtime 1.30");
    }

    [LibraryImport(NativeLibraries.OnnxRuntime)]
    private static partial OrtApiBase* OrtGetApiBase();

    [StructLayout(LayoutKind.Sequential)]
    private struct OrtApiBase
    {
        internal delegate* unmanaged<uint, void**> GetApi;
        internal delegate* unmanaged<byte*> GetVersionString;
    }
}
