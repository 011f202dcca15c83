using System.Text.RegularExpressions;
using Panda.Stream.Native;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Tests.Cuda;
using Panda.Stream.Tests.OnnxRuntime;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Cli;

/// <summary>setup --cuda as a user calls it, with a folder of packages in the place of a registry, and what becomes of a run on a card with what it brought.</summary>
public sealed class SetupCommandTests : IDisposable
{
    private readonly TemporaryFolder _home = new(), _packages = new(), _build = new();

    private string Cuda => _home.File(".panda/cuda");

    public void Dispose()
    {
        _home.Dispose();
        _packages.Dispose();
        _build.Dispose();
    }

    [Fact]
    public async Task Where_no_source_has_the_package_it_says_which_files_to_put_where()
    {
        var (code, output, error) = await SetupAsync();
        Assert.Equal((1, ""), (code, output));
        Assert.Contains($"panda: Microsoft.ML.OnnxRuntime.Gpu.Linux {NativeLibraries.OnnxRuntimeVersion} could not be fetched: error NU110", error);
        Assert.Contains($"put libonnxruntime.so.1, libonnxruntime_providers_shared.so, libonnxruntime_providers_cuda.so of that version (in the package under runtimes/linux-x64/native) into {Cuda}, and call", error);
        Assert.Empty(Directory.GetDirectories(_home.File(".panda")));
    }

    [Fact]
    public async Task The_package_is_unpacked_tried_and_then_used_by_runs_on_cards()
    {
        FakeProvider.Make(_build);
        Pack();
        var (code, output, error) = await SetupAsync();
        Assert.True(code == 0, error);
        Assert.Equal($"ONNX Runtime {NativeLibraries.OnnxRuntimeVersion} with CUDAExecutionProvider is in {Cuda}, and ./panda uses it from now on; ./panda devices shows the cards\n", output);
        Assert.Equal(["libonnxruntime.so.1", "libonnxruntime_providers_cuda.so", "libonnxruntime_providers_shared.so"], Directory.GetFiles(Cuda).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal([Cuda], Directory.GetDirectories(_home.File(".panda")));

        // The provider there is one that makes no sessions: a run gets as far as giving it its options.
        using var fake = new FakeDriver();
        var log = _build.File("options.log");
        using var run = new PandaProcess(new Dictionary<string, string>
        {
            ["PANDA_CUDA"] = fake.File, ["PANDA_ONNXRUNTIME"] = Path.Combine(Cuda, FakeProvider.Library), ["FAKE_PROVIDER_LOG"] = log, ["LD_LIBRARY_PATH"] = _build.Path,
        }, ["run", "--output", _build.File("out"), "--set", "resources.devices=[cuda:0]"]);
        var (refused, _, why) = await run.EndAsync();
        Assert.Equal(2, refused);
        Assert.Contains("resources.devices: cuda:0 cannot be used: ", why);
        var options = File.ReadAllLines(log);
        Assert.Equal("appended=these", options[^1]);
        Assert.Contains("device_id=0", options);
        Assert.Contains("arena_extend_strategy=kSameAsRequested", options);
        Assert.Contains("cudnn_conv_algo_search=HEURISTIC", options);
        Assert.Contains("do_copy_in_default_stream=1", options);
        Assert.Contains("has_user_compute_stream=1", options); // without it the provider leaves the stream alone
        Assert.Contains(options, option => Regex.IsMatch(option, "^user_compute_stream=[1-9][0-9]*$"));
        Assert.False(Directory.Exists(_build.File("out")));
    }

    [Fact]
    public async Task A_package_without_a_file_or_a_library_that_lacks_another_is_told()
    {
        FakeProvider.Make(_build, needs: "libnowhere.so.9");
        Pack("libonnxruntime_providers_shared.so");
        Assert.Contains("could not be fetched: found no libonnxruntime_providers_shared.so in its runtimes/linux-x64/native", (await SetupAsync()).Error);
        File.Copy(_build.File("libonnxruntime_providers_shared.so"), Path.Combine(Cuda, "libonnxruntime_providers_shared.so"));
        File.Copy(_build.File("libonnxruntime_providers_cuda.so"), Path.Combine(Cuda, "libonnxruntime_providers_cuda.so"), overwrite: true);
        var (code, _, error) = await SetupAsync();
        Assert.Equal(1, code);
        Assert.Contains($"panda: what is in {Cuda} does not work yet: libonnxruntime_providers_cuda.so in {Cuda} needs libnowhere.so.9, found neither", error);
    }

    [Fact]
    public async Task What_is_there_already_and_does_not_load_is_to_be_deleted()
    {
        foreach (var file in CudaProvider.Files)
            _home.Write($".panda/cuda/{file}", []);
        foreach (var (bytes, reason) in new[] { ("no library"u8.ToArray(), "file too short"), (File.ReadAllBytes(OnnxEnvironment.LibraryPath)[..2_000_000], "cut short: found 2000000 bytes, expected ") })
        {
            var library = _home.Write($".panda/cuda/{FakeProvider.Library}", bytes);
            var (code, _, error) = await SetupAsync();
            Assert.Equal(1, code);
            Assert.Contains($"{library}: {reason}", error);
            Assert.EndsWith("delete that folder and call ./panda setup --cuda, which fetches it anew.", error.TrimEnd());
        }
    }

    [Fact]
    public async Task Without_cuda_there_is_nothing_to_set_up()
    {
        var (code, output, error) = await PandaProcess.RunAsync("setup");
        Assert.Equal((2, "", "setup: found nothing to fetch, expected --cuda"), (code, output, error.Trim()));
    }

    private void Pack(params ReadOnlySpan<string> but) => FakeProvider.Pack(_build.Path, _packages.File($"microsoft.ml.onnxruntime.gpu.linux.{NativeLibraries.OnnxRuntimeVersion}.nupkg"), but);

    private async Task<(int Code, string Output, string Error)> SetupAsync()
    {
        // MSBuild takes what it is not told from the environment.
        using var panda = new PandaProcess(new Dictionary<string, string> { ["PANDA_HOME"] = _home.Path, ["RestoreSources"] = _packages.Path, ["LD_LIBRARY_PATH"] = _build.Path }, ["setup", "--cuda"]);
        return await panda.EndAsync();
    }
}
