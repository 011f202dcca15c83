using System.IO.Compression;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Panda.Stream.Native;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Tests.Kernels;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.OnnxRuntime;

/// <summary>The files of a build of ONNX Runtime for cards: the library of these tests behind one that only tells what options a provider was given (fake_onnxruntime.cpp), and provider files with nothing in them.</summary>
internal static class FakeProvider
{
    public const string Library = "libonnxruntime.so.1";

    private const string Empty = "/dev/null";

    /// <summary>Where a package has them.</summary>
    private const string Inside = "runtimes/linux-x64/native/";

    /// <summary>Puts them into a folder.</summary>
    /// <param name="needs">A library that the provider is linked against, which is nowhere.</param>
    public static string Make(TemporaryFolder folder, string? needs = null)
    {
        List<string> linked = [];
        using var gone = new TemporaryFolder();
        if (needs is not null)
        {
            Compile(Empty, $"-Wl,-soname,{needs}", "-o", gone.File(needs));
            linked = ["-Wl,--no-as-needed", gone.File(needs)];
        }
        foreach (var file in CudaProvider.Files)
            Compile(Empty, [.. linked, "-o", folder.File(file)]);
        Compile(Empty, "-o", folder.File("libcudnn.so")); // which the provider would open itself
        // As many functions as the package reads.
        var slots = Marshal.SizeOf(typeof(OrtEnv).Assembly.GetType("Microsoft.ML.OnnxRuntime.OrtApi", throwOnError: true)!) / nint.Size;
        Compile(Repository.File("tests/Panda.Stream.Tests/OnnxRuntime/fake_onnxruntime.cpp"), $"-DREAL=\"{OnnxEnvironment.LibraryPath}\"", $"-DSLOTS={slots}", "-o", folder.File(Library));
        return folder.File(Library);
    }

    /// <summary>Packs the files of a folder as NuGet has them.</summary>
    public static void Pack(string files, string package, params ReadOnlySpan<string> but)
    {
        using var archive = ZipFile.Open(package, ZipArchiveMode.Create);
        using (var about = new StreamWriter(archive.CreateEntry("Microsoft.ML.OnnxRuntime.Gpu.Linux.nuspec").Open()))
            about.Write($"""
                <?xml version="1.0"?>
                <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
                  <metadata>
                    <id>Microsoft.ML.OnnxRuntime.Gpu.Linux</id>
                    <version>{NativeLibraries.OnnxRuntimeVersion}</version>
                    <authors>tests</authors>
                    <description>Made up.</description>
                  </metadata>
                </package>
                """);
        foreach (var file in Directory.GetFiles(files))
            if (!but.Contains(Path.GetFileName(file)))
                archive.CreateEntryFromFile(file, Inside + (Path.GetFileName(file) == Library ? "libonnxruntime.so" : Path.GetFileName(file)), CompressionLevel.NoCompression);
    }

    private static void Compile(string source, params string[] options)
    {
        var compiled = ShimLibrary.TryRun("g++", ["-shared", "-fPIC", "-std=c++17", "-x", "c++", source, "-x", "none", .. options]);
        Assert.SkipWhen(compiled is null, "found no g++: the provider's loading is not checked");
        Assert.True(compiled!.Value.ExitCode == 0, compiled.Value.Output);
    }
}
