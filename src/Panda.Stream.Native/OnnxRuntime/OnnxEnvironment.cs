using Microsoft.ML.OnnxRuntime;

namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>The library that the package Microsoft.ML.OnnxRuntime calls, and what all sessions of the process share.</summary>
public static class OnnxEnvironment
{
    private static readonly NativeLibraryDescription Library = NativeLibraries.All.Single(known => known.ImportName == NativeLibraries.OnnxRuntime);
    private static readonly Lazy<OrtEnv> Created = new(Create);

    /// <summary>The version of the loaded library, such as 1.31.0.</summary>
    /// <exception cref="NativeLibraryException">There is none that the package can call. Likewise below.</exception>
    public static string Version => Instance.GetVersionString();

    /// <summary>The file of the loaded library.</summary>
    public static string LibraryPath
    {
        get
        {
            _ = Instance; // a bare name says nothing before it is known to be the library
            var path = NativeLoader.PathOf(Library);
            return path.Contains('/', StringComparison.Ordinal) ? path
                : File.ReadLines("/proc/self/maps").Select(line => line[(line.LastIndexOf(' ') + 1)..]).First(file => Path.GetFileName(file).StartsWith("libonnxruntime.so", StringComparison.Ordinal));
        }
    }

    /// <summary>What the library was built to run models by, such as CPUExecutionProvider; some need files of their own beside it.</summary>
    public static IReadOnlyList<string> Providers => Instance.GetAvailableProviders();

    /// <summary>Lives as long as the process. Whatever calls the package asks for it first: the package would make one that writes to the terminal.</summary>
    internal static OrtEnv Instance => Created.Value;

    private static OrtEnv Create()
    {
        var path = NativeLoader.PathOf(Library);
        // Errors come back as exceptions with the same words; the log would only repeat them.
        var options = new EnvironmentCreationOptions { logId = "panda", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        try
        {
            return OrtEnv.CreateInstanceWithOptions(ref options);
        }
        catch (TypeInitializationException unfit)
        {
            throw new NativeLibraryException($"{NativeLibraries.OnnxRuntime}: found {path}, expected {Library.Wanted}: {unfit.InnerException?.Message} To mend it: {Library.Instead}.");
        }
    }
}
