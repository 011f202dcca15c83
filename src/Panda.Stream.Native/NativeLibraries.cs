using Microsoft.ML.OnnxRuntime;

namespace Panda.Stream.Native;

/// <summary>One native engine that the project binds: its import name, the files it may be, the version that is wanted.</summary>
/// <param name="ImportName">The name used in <c>LibraryImport</c>.</param>
/// <param name="FileNames">File names to try, most exact first.</param>
/// <param name="Wanted">The version the binding needs, in words.</param>
/// <param name="EnvironmentVariable">A variable that may hold a path to another build of it.</param>
/// <param name="Install">What to do when it is missing.</param>
public sealed record NativeLibraryDescription(
    string ImportName, IReadOnlyList<string> FileNames, string Wanted, string EnvironmentVariable, string Install)
{
    /// <summary>What to do when the file that was found, or that the variable names, is not it.</summary>
    public string Instead => $"set {EnvironmentVariable} to another file, or to none{Replace}";

    /// <summary>What else can be done about such a file.</summary>
    public string Replace { get; init; } = "";
}

/// <summary>Every native engine, its accepted version and where it comes from.</summary>
public static class NativeLibraries
{
    public const string AvUtil = "avutil", AvCodec = "avcodec", AvFormat = "avformat", SwScale = "swscale";
    public const string OnnxRuntime = "onnxruntime", LibC = "libc";

    /// <summary>That of the package, which calls no older library.</summary>
    public static string OnnxRuntimeVersion { get; } = typeof(OrtEnv).Assembly.GetName().Version!.ToString(3);

    private const string FFmpegInstall = "apt-get install libavformat59 libavcodec59 libavutil57 libswscale6";

    /// <summary>The user's driver: like its video decoder, a library that a run can do without.</summary>
    public static NativeLibraryDescription Cuda { get; } =
        new("cuda", ["libcuda.so.1"], "the CUDA driver API of NVIDIA's driver, 11.0 or later", "PANDA_CUDA", "install NVIDIA's driver");

    /// <summary>The driver's video decoder, which libav opens itself.</summary>
    public static NativeLibraryDescription Nvcuvid { get; } =
        new("nvcuvid", ["libnvcuvid.so.1"], "the video decoder of NVIDIA's driver", "PANDA_NVCUVID", "install NVIDIA's driver with its video libraries");

    public static IReadOnlyList<NativeLibraryDescription> All { get; } =
    [
        new(AvUtil, ["libavutil.so.57"], "libavutil 57 (FFmpeg 5.1)", "PANDA_AVUTIL", FFmpegInstall),
        new(AvCodec, ["libavcodec.so.59"], "libavcodec 59 (FFmpeg 5.1)", "PANDA_AVCODEC", FFmpegInstall),
        new(AvFormat, ["libavformat.so.59"], "libavformat 59 (FFmpeg 5.1)", "PANDA_AVFORMAT", FFmpegInstall),
        new(SwScale, ["libswscale.so.6"], "libswscale 6 (FFmpeg 5.1)", "PANDA_SWSCALE", FFmpegInstall),
        new(OnnxRuntime, ["libonnxruntime.so", "libonnxruntime.so.1"], $"ONNX Runtime {OnnxRuntimeVersion} or later", "PANDA_ONNXRUNTIME", "build again, which copies it from NuGet's package Microsoft.ML.OnnxRuntime")
        {
            Replace = "; the one for cards, in .panda/cuda: delete that folder and call ./panda setup --cuda, which fetches it anew",
        },
    ];
}
