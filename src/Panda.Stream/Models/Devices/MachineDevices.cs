using System.Runtime.InteropServices;
using Panda.Stream.Kernels;
using Panda.Stream.Native;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models.Devices;

/// <summary>What this machine has to compute on, and for whatever it lacks, what was looked for and where.</summary>
public sealed record MachineDevices(CpuFacts Cpu, CudaFacts Cuda, OnnxRuntimeFacts OnnxRuntime, LibavFacts Libav)
{
    private const string HardwareType = "cuda";

    /// <summary>Looks; nothing that is missing is an error.</summary>
    public static MachineDevices Find() => new(CpuFacts.Find(), FindCuda(), FindOnnxRuntime(), FindLibav());

    private static CudaFacts FindCuda()
    {
        try
        {
            var path = NativeLoader.PathOf(NativeLibraries.Cuda);
            try
            {
                var driver = CudaDriver.Require();
                return new(path, driver.VersionText, [.. driver.Devices.Select(CardFacts.Of)], null);
            }
            catch (Exception refused) when (refused is NativeLibraryException or CudaException)
            {
                return new(path, null, [], refused.Message);
            }
        }
        catch (NativeLibraryException missing)
        {
            return new(null, null, [], missing.Message);
        }
    }

    private static OnnxRuntimeFacts FindOnnxRuntime()
    {
        try
        {
            return new(OnnxEnvironment.LibraryPath, OnnxEnvironment.Version, OnnxEnvironment.Providers, CudaProvider.Lacks());
        }
        catch (NativeLibraryException missing)
        {
            return new(null, null, [], missing.Message);
        }
    }

    private static LibavFacts FindLibav()
    {
        try
        {
            var types = Native.FFmpeg.Libav.HardwareTypes;
            return new(Native.FFmpeg.Libav.Require(), types, types.Contains(HardwareType) ? DecoderLacks()
                : $"{NativeLoader.PathOf(NativeLibraries.All[0])} was built without a hardware context for {HardwareType}");
        }
        catch (NativeLibraryException missing)
        {
            return new(null, [], missing.Message);
        }
    }

    private static string? DecoderLacks()
    {
        try
        {
            NativeLoader.Load(NativeLibraries.Nvcuvid);
            return null;
        }
        catch (NativeLibraryException missing)
        {
            return missing.Message;
        }
    }
}

/// <summary>The processor.</summary>
/// <param name="Name">As the system tells it.</param>
/// <param name="Cores">That this process may use.</param>
/// <param name="VectorBits">The widest vectors that pay on it.</param>
/// <param name="MemoryBytes">That this process may use.</param>
public sealed record CpuFacts(string Name, int Cores, int VectorBits, long MemoryBytes)
{
    internal static CpuFacts Find()
    {
        const string info = "/proc/cpuinfo", key = "model name";
        var line = File.Exists(info) ? File.ReadLines(info).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) : null;
        return new(line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString(),
            Environment.ProcessorCount, Vectors.VectorBits.Fastest, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
    }
}

/// <summary>NVIDIA's driver and its cards.</summary>
/// <param name="Library">The file that was loaded; null when there is none.</param>
/// <param name="Version">The CUDA version that it is for.</param>
/// <param name="Cards">In the driver's order.</param>
/// <param name="Lacks">What keeps it from being used; null when nothing does. Likewise in the records below.</param>
public sealed record CudaFacts(string? Library, string? Version, IReadOnlyList<CardFacts> Cards, string? Lacks);

/// <summary>A card.</summary>
/// <param name="Lacks">What keeps the kernels from running on it; null when nothing does.</param>
public sealed record CardFacts(int Ordinal, string Name, long MemoryBytes, string ComputeCapability, int Multiprocessors, string? Lacks)
{
    internal static CardFacts Of(CudaDevice device) =>
        new(device.Ordinal, device.Name, device.Memory, $"{device.ComputeCapability.Major}.{device.ComputeCapability.Minor}", device.Multiprocessors,
            10 * device.ComputeCapability.Major + device.ComputeCapability.Minor < KernelModules.LeastCapability
                ? FormattableString.Invariant($"the kernels need compute capability {KernelModules.LeastCapability / 10.0:0.0}: the CPU does their work for models there") : null);
}

/// <summary>ONNX Runtime.</summary>
/// <param name="Providers">What it was built to run models by.</param>
public sealed record OnnxRuntimeFacts(string? Library, string? Version, IReadOnlyList<string> Providers, string? Lacks);

/// <summary>FFmpeg's libraries.</summary>
/// <param name="HardwareTypes">Kinds of devices that they were built to decode on.</param>
public sealed record LibavFacts(string? Versions, IReadOnlyList<string> HardwareTypes, string? Lacks);
