using System.Globalization;
using System.Text.RegularExpressions;

namespace Panda.Stream.Kernels;

/// <summary>The GPU kernels as PTX, which a driver compiles for its card; one module for each source in <c>kernels/</c>.</summary>
public static partial class KernelModules
{
    private const string Prefix = "kernels/";

    /// <summary>Names of the modules, in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. typeof(KernelModules).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix)).Select(name => name[Prefix.Length..]).Order(StringComparer.Ordinal)];

    /// <summary>The least compute capability of a card that takes them, times ten.</summary>
    public static int LeastCapability { get; } = Names.Max(name => int.Parse(Target().Match(Ptx(name)).Groups[1].ValueSpan, CultureInfo.InvariantCulture));

    /// <summary>A module's PTX.</summary>
    /// <exception cref="ArgumentException">There is no such module.</exception>
    public static string Ptx(string module)
    {
        using var stream = typeof(KernelModules).Assembly.GetManifestResourceStream(Prefix + module)
            ?? throw new ArgumentException($"kernel module: found no {module}, expected one of {string.Join(", ", Names)}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^\.target sm_(\d+)", RegexOptions.Multiline)]
    private static partial Regex Target();
}
