using Panda.Stream.Native;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.OnnxRuntime;

public sealed class CudaProviderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_that_are_not_there_are_named_with_their_folder() => Assert.Equal(
        $"found no libonnxruntime_providers_shared.so and no libonnxruntime_providers_cuda.so in {_folder.Path}, expected those of ONNX Runtime {NativeLibraries.OnnxRuntimeVersion}: see ./panda setup --cuda",
        CudaProvider.LacksIn(_folder.Path));

    [Fact]
    public void Libraries_that_the_provider_needs_and_that_are_nowhere_are_named()
    {
        FakeProvider.Make(_folder, needs: "libnowhere.so.9");
        Assert.StartsWith($"libonnxruntime_providers_cuda.so in {_folder.Path} needs libnowhere.so.9, ", CudaProvider.LacksIn(_folder.Path));
        Assert.Contains("libc.so.6", ElfFile.Needed(_folder.File("libonnxruntime_providers_cuda.so")));
    }

    [Fact]
    public void With_all_files_and_what_they_need_nothing_lacks_but_perhaps_cuDNN()
    {
        FakeProvider.Make(_folder);
        if (CudaProvider.LacksIn(_folder.Path) is { } lacks)
            Assert.StartsWith($"libonnxruntime_providers_cuda.so in {_folder.Path} needs libcudnn.so, found neither", lacks);
    }

    [Fact]
    public void Files_that_are_no_libraries_or_half_of_one_are_told()
    {
        var file = _folder.File("libonnxruntime_providers_cuda.so");
        _folder.Write("libonnxruntime_providers_shared.so", []);
        _folder.Write("libonnxruntime_providers_cuda.so", [.. Enumerable.Repeat((byte)'<', 500)]);
        Assert.StartsWith($"found {file}, which is no library for x86-64: ", CudaProvider.LacksIn(_folder.Path));
        var whole = File.ReadAllBytes(OnnxEnvironment.LibraryPath);
        foreach (var (length, expected) in new[] { (10, 64), (63, 64), (64, whole.Length), (200, whole.Length), (whole.Length / 2, whole.Length), (whole.Length - 1, whole.Length) })
        {
            foreach (var name in CudaProvider.Files)
            {
                _folder.Write("libonnxruntime_providers_shared.so", []);
                _folder.Write("libonnxruntime_providers_cuda.so", []);
                _folder.Write(name, whole.AsSpan(0, length));
                Assert.StartsWith($"found {_folder.File(name)}, a library that is cut short: found {length} bytes, expected {expected}: ", CudaProvider.LacksIn(_folder.Path));
            }
        }
    }

    [Fact]
    public void A_library_of_which_only_a_segment_lies_beyond_its_end_is_cut_short()
    {
        var whole = File.ReadAllBytes(OnnxEnvironment.LibraryPath);
        Assert.Null(ElfFile.CutShort(OnnxEnvironment.LibraryPath));
        whole.AsSpan(40, 8).Clear(); // e_shoff, e_shnum: as a stripper may leave it
        whole.AsSpan(60, 2).Clear();
        Assert.StartsWith("cut short: found 2000000 bytes, expected ", ElfFile.CutShort(_folder.Write("cut.so", whole.AsSpan(0, 2_000_000))));
    }
}
