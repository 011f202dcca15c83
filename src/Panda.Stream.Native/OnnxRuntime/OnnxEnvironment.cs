using System.Runtime.InteropServices;

namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>What all sessions of the process share: one environment, one CPU allocator.</summary>
public static unsafe class OnnxEnvironment
{
    // Errors come back as statuses with the same words; the log would only repeat them on the terminal.
    private const int LogFatal = 4;

    /// <summary>Lives as long as the process: ONNX Runtime wants its environment to outlive every session.</summary>
    internal static OrtEnvHandle Handle { get; } = Create();

    /// <summary>The library's own CPU allocator; it is never released.</summary>
    internal static nint Allocator { get; } = DefaultAllocator();

    /// <summary>Where that allocator's memory is.</summary>
    internal static nint MemoryInfo { get; } = MemoryOf(Allocator);

    /// <summary>The version of the loaded library, such as 1.30.0.</summary>
    public static string Version => OrtApi.LibraryVersion;

    /// <summary>The file of the loaded library.</summary>
    public static string LibraryPath
    {
        get
        {
            var path = NativeLoader.PathOf(NativeLibraries.All.Single(known => known.ImportName == NativeLibraries.OnnxRuntime));
            return path.Contains('/', StringComparison.Ordinal) ? path
                : File.ReadLines("/proc/self/maps").Select(line => line[(line.LastIndexOf(' ') + 1)..]).First(file => Path.GetFileName(file).StartsWith("libonnxruntime.so", StringComparison.Ordinal));
        }
    }

    /// <summary>What the library was built to run models by, such as CPUExecutionProvider; some need files of their own beside it.</summary>
    public static IReadOnlyList<string> Providers
    {
        get
        {
            byte** names;
            int count;
            OrtApi.GetAvailableProviders(&names, &count).Ok();
            try
            {
                var providers = new string[count];
                for (var i = 0; i < count; i++)
                    providers[i] = Marshal.PtrToStringUTF8((nint)names[i])!;
                return providers;
            }
            finally
            {
                OrtApi.ReleaseAvailableProviders(names, count).Ok();
            }
        }
    }

    private static OrtEnvHandle Create()
    {
        nint env;
        fixed (byte* id = "panda"u8)
            OrtApi.CreateEnv(LogFatal, id, &env).Ok();
        return new OrtEnvHandle(env);
    }

    private static nint DefaultAllocator()
    {
        nint allocator;
        OrtApi.GetAllocatorWithDefaultOptions(&allocator).Ok();
        return allocator;
    }

    private static nint MemoryOf(nint allocator)
    {
        nint memory;
        OrtApi.AllocatorGetInfo(allocator, &memory).Ok();
        return memory;
    }
}
