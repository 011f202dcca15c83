using System.IO.Compression;
using Panda.Stream.Native;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Tests.Kernels;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.OnnxRuntime;

/// <summary>The files of a build of ONNX Runtime for cards: the library of these tests, and a provider that only tells what options it was given (fake_provider.cpp).</summary>
internal static class FakeProvider
{
    public const string Library = "libonnxruntime.so.1";

    /// <summary>Where a package has them.</summary>
    private const string Inside = "runtimes/linux-x64/native/";

    /// <summary>Puts them into a folder.</summary>
    /// <param name="needs">A library that the provider is linked against, which is nowhere.</param>
    public static string Make(TemporaryFolder folder, string? needs = null)
    {
        var source = Repository.File("tests/Panda.Stream.Tests/OnnxRuntime/fake_provider.cpp");
        List<string> linked = [];
        using var gone = new TemporaryFolder();
        if (needs is not null)
        {
            Compile("-x", "c++", "/dev/null", $"-Wl,-soname,{needs}", "-o", gone.File(needs));
            linked = ["-Wl,--no-as-needed", gone.File(needs)];
        }
        foreach (var file in CudaProvider.Files)
            Compile([source, .. linked, "-o", folder.File(file)]);
        Compile("-x", "c++", "/dev/null", "-o", folder.File("libcudnn.so")); // which the provider would open itself
        File.Copy(OnnxEnvironment.LibraryPath, folder.File(Library));
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

    private static void Compile(params string[] arguments)
    {
        var compiled = ShimLibrary.TryRun("g++", ["-shared", "-fPIC", "-std=c++17", .. arguments]);
        Assert.SkipWhen(compiled is null, "found no g++: the provider's loading is not checked");
        Assert.True(compiled!.Value.ExitCode == 0, compiled.Value.Output);
    }
}
