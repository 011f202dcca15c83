using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>The part of ONNX Runtime that runs models on cards: a library of its own, which ONNX Runtime opens beside its own file.</summary>
public static class CudaProvider
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
            foreach (var file in Files)
                ElfFile.RequireWhole(Path.Combine(folder, file));
            var needed = ElfFile.Needed(Path.Combine(folder, Provider)).Where(file => !CanOpen(folder, file)).Concat(NativeLibrary.TryLoad(CuDnn, out _) ? [] : [CuDnn]).ToArray();
            return needed.Length == 0 ? null
                : $"{Provider} in {folder} needs {string.Join(", ", needed)}, found neither beside it nor where the system looks for libraries: install NVIDIA's driver, CUDA's runtime and cuDNN (of which an installation may have another name, which {CuDnn} must link to), or name their folders in LD_LIBRARY_PATH";
        }
        catch (InvalidDataException unfit)
        {
            return $"{unfit.Message}: put a whole one in its place, or delete it and call ./panda setup --cuda";
        }
    }

    // Its own parts it opens in an order of its own: the second finds what it wants only after ONNX Runtime has set up the first.
    private static bool CanOpen(string folder, string file)
    {
        var beside = Path.Combine(folder, file);
        ElfFile.RequireWhole(beside);
        return Files.Contains(file) || NativeLibrary.TryLoad(beside, out _) || NativeLibrary.TryLoad(file, out _);
    }

    /// <summary>What ONNX Runtime says when it opens the library, which needs no card.</summary>
    private static string? Refusal()
    {
        try
        {
            using var options = new OrtCUDAProviderOptions();
            options.UpdateOptions(new() { ["arena_extend_strategy"] = "kSameAsRequested" });
            return null;
        }
        catch (OnnxRuntimeException refused)
        {
            return $"ONNX Runtime cannot open {Provider}: {refused.Message.Trim()}";
        }
    }
}
