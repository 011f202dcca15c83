using System.Runtime.InteropServices;

namespace Panda.Stream.Native.Cuda;

/// <summary>NVIDIA's driver, loaded and initialised.</summary>
public sealed unsafe class CudaDriver
{
    /// <summary>The oldest CUDA version that a driver may be of: the first whose PTX can be that of the kernels, 7.0.</summary>
    public const int OldestVersion = 11000;

    private static readonly Lazy<CudaDriver> Loaded = new(() => Of(NativeLoader.Load(NativeLibraries.Cuda)), LazyThreadSafetyMode.PublicationOnly);

    private CudaDriver(CudaApi api) => Api = api;

    internal CudaApi Api { get; }

    /// <summary>The CUDA version that the driver is for, as it counts: 12040 is 12.4.</summary>
    public int Version { get; private set; }

    public string VersionText => TextOf(Version);

    /// <summary>The cards, in the driver's order.</summary>
    public IReadOnlyList<CudaDevice> Devices { get; private set; } = [];

    /// <summary>The machine's driver, loaded at the first call.</summary>
    /// <exception cref="NativeLibraryException">There is none, or it lacks functions or is too old.</exception>
    /// <exception cref="CudaException">It found no card, or cannot use those that there are.</exception>
    public static CudaDriver Require() => Loaded.Value;

    /// <summary>The driver in a library.</summary>
    internal static CudaDriver Of(nint library)
    {
        var driver = new CudaDriver(new CudaApi(new SymbolTable(library)));
        if (driver.Api.Missing.Count > 0)
            throw new NativeLibraryException($"cuda: found a library without {string.Join(", ", driver.Api.Missing)}, expected {NativeLibraries.Cuda.Wanted}");
        int version;
        driver.Check("cuDriverGetVersion", driver.Api.DriverGetVersion(&version));
        driver.Version = version;
        if (version < OldestVersion)
            throw new NativeLibraryException($"cuda: found a driver for CUDA {TextOf(version)}, expected one for {TextOf(OldestVersion)} or later, which knows the kernels' PTX");
        driver.Check("cuInit", driver.Api.Init(0));
        int count;
        driver.Check("cuDeviceGetCount", driver.Api.DeviceGetCount(&count));
        driver.Devices = [.. Enumerable.Range(0, count).Select(ordinal => CudaDevice.Read(driver, ordinal))];
        return driver;
    }

    internal static string TextOf(int version) => $"{version / 1000}.{version % 1000 / 10}";

    /// <summary>Throws what a call's result says, if it is an error.</summary>
    internal void Check(string call, int result)
    {
        if (result != 0)
            throw Error(call, result);
    }

    internal CudaException Error(string call, int result, string? detail = null)
    {
        byte* name = null, text = null;
        _ = Api.GetErrorName(result, &name);
        _ = Api.GetErrorString(result, &text);
        return new(call, result, Marshal.PtrToStringUTF8((nint)name) ?? $"CUresult {result}", Marshal.PtrToStringUTF8((nint)text) ?? "unknown to this driver", detail);
    }
}
