using Panda.Stream.Native.Cuda;

namespace Panda.Stream.Kernels;

/// <summary>The GPU kernels as PTX, which a driver compiles for its card; one module for each source in <c>kernels/</c>.</summary>
public static class KernelModules
{
    private const string Prefix = "kernels/";

    /// <summary>Names of the modules, in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. typeof(KernelModules).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix)).Select(name => name[Prefix.Length..]).Order(StringComparer.Ordinal)];

    /// <summary>The least compute capability of a card that takes them, times ten.</summary>
    public static int LeastCapability { get; } = Names.Max(name => CudaModule.LeastCapability(Ptx(name))) ?? 0;

    /// <summary>A module's PTX.</summary>
    /// <exception cref="ArgumentException">There is no such module.</exception>
    public static string Ptx(string module)
    {
        using var stream = typeof(KernelModules).Assembly.GetManifestResourceStream(Prefix + module)
            ?? throw new ArgumentException($"kernel module: found no {module}, expected one of {string.Join(", ", Names)}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
