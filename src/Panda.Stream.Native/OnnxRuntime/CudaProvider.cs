using System.Runtime.InteropServices;

namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>The part of ONNX Runtime that runs models on cards: a library of its own, which ONNX Runtime opens beside its own file.</summary>
public static unsafe class CudaProvider
{
    public const string Name = "CUDAExecutionProvider";

    private const string Provider = "libonnxruntime_providers_cuda.so";

    // The provider opens it itself, by this name alone, when a model first needs it.
    private const string CuDnn = "libcudnn.so";

    /// <summary>The files that lie beside ONNX Runtime's.</summary>
    public static IReadOnlyList<string> Files { get; } = ["libonnxruntime_providers_shared.so", Provider];

    /// <summary>What keeps models from running on cards, be there cards or not; null when nothing does.</summary>
    /// <exception cref="NativeLibraryException">There is no ONNX Runtime at all.</exception>
    public static string? Lacks()
    {
        var path = OnnxEnvironment.LibraryPath;
        if (!OnnxEnvironment.Providers.Contains(Name))
            return $"{path} was built without {Name}, expected a build of ONNX Runtime {NativeLibraries.OnnxRuntimeVersion} that has it: see ./panda setup --cuda";
        return LacksIn(Path.GetDirectoryName(path)!) ?? Refusal();
    }

    /// <summary>The files, or what they need, that a folder and the system do not have.</summary>
    internal static string? LacksIn(string folder)
    {
        if (Files.Where(file => !File.Exists(Path.Combine(folder, file))).ToArray() is { Length: > 0 } missing)
            return $"found no {string.Join(" and no ", missing)} in {folder}, expected those of ONNX Runtime {NativeLibraries.OnnxRuntimeVersion}: see ./panda setup --cuda";
        try
        {
            var needed = ElfFile.Needed(Path.Combine(folder, Provider)).Where(file => !CanOpen(folder, file)).Concat(NativeLibrary.TryLoad(CuDnn, out _) ? [] : [CuDnn]).ToArray();
            return needed.Length == 0 ? null
                : $"{Provider} in {folder} needs {string.Join(", ", needed)}, found neither beside it nor where the system looks for libraries: install NVIDIA's driver, CUDA's runtime and cuDNN (of which an installation may have another name, which {CuDnn} must link to), or name their folders in LD_LIBRARY_PATH";
        }
        catch (InvalidDataException unfit)
        {
            return unfit.Message;
        }
    }

    // Its own parts it opens in an order of its own: the second finds what it wants only after ONNX Runtime has set up the first.
    private static bool CanOpen(string folder, string file) => Files.Contains(file)
        || NativeLibrary.TryLoad(Path.Combine(folder, file), out _) || NativeLibrary.TryLoad(file, out _);

    /// <summary>What ONNX Runtime says when it opens the library, which needs no card.</summary>
    private static string? Refusal()
    {
        try
        {
            using var environment = OnnxEnvironment.Handle.Lease(); // the provider writes to its log
            nint created;
            OrtApi.CreateCudaOptions(&created).Ok();
            using var owned = new OrtCudaOptionsHandle(created);
            using var options = owned.Lease();
            fixed (byte* key = "arena_extend_strategy"u8, value = "kSameAsRequested"u8)
            {
                byte* one = key, its = value;
                OrtApi.UpdateCudaOptions(options.Pointer, &one, &its, 1).Ok();
            }
            return null;
        }
        catch (OnnxRuntimeException refused)
        {
            return $"ONNX Runtime cannot open {Provider}: {refused.Message.Trim()}";
        }
    }
}
