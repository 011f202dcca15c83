using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Panda.Stream.Kernels;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Kernels;

/// <summary>The kernels' sources as C++ with a CPU in the place of the GPU, compiled once for all tests by whichever compiler is there.</summary>
internal static unsafe class ShimLibrary
{
    public static readonly string[] Compilers = ["g++", "clang++", "clang++-19", "c++"];
    private static readonly Lazy<nint> Library = new(Build);

    /// <summary>Runs every thread of every block.</summary>
    public static void Launch<T>(T arguments, bool backwards) where T : unmanaged, IKernelArguments
    {
        Assert.SkipWhen(Library.Value == 0, $"found none of {string.Join(", ", Compilers)}: the kernels are not checked");
        var bytes = (delegate* unmanaged<int>)Export<T>("_bytes");
        var threads = (delegate* unmanaged<int>)Export<T>("_threads");
        Assert.Equal((bytes(), threads()), (sizeof(T), T.Threads));
        var (x, y, z) = arguments.Grid;
        var launch = (delegate* unmanaged<void*, int, int, int, int, int>)Export<T>("");
        Assert.True(launch(&arguments, x, y, z, backwards ? 1 : 0) == 0, $"{T.Kernel}: threads wait at a barrier that others never reach");
    }

    private static void* Export<T>(string suffix) where T : IKernelArguments =>
        (void*)NativeLibrary.GetExport(Library.Value, T.Kernel + suffix);

    private static nint Build()
    {
        using var folder = new TemporaryFolder();
        var library = folder.File("kernels.so");
        return Compile(library) ? NativeLibrary.Load(library) : 0;
    }

    /// <summary>Makes a library of the kernels and whatever else; false when there is no compiler.</summary>
    internal static bool Compile(string library, params ReadOnlySpan<string> more)
    {
        string[] sources = [.. Directory.GetFiles(Repository.File("kernels"), "*.cu"), Repository.File("kernels/shim/shim.cpp"), .. more];
        foreach (var compiler in Compilers)
            if (TryRun(compiler, ["-std=c++17", "-O2", "-ffp-contract=off", "-U_FORTIFY_SOURCE", "-DPANDA_SHIM", "-fPIC", "-shared",
                "-x", "c++", .. sources, "-o", library]) is { } result)
            {
                Assert.True(result.ExitCode == 0, result.Output);
                return true;
            }
        return false;
    }

    /// <summary>What a program did, or null when there is no such program.</summary>
    internal static (int ExitCode, string Output)? TryRun(string program, IEnumerable<string> arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + errors.Result);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
