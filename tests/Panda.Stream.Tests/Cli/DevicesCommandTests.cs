using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Panda.Stream.Native;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Tests.Cuda;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Cli;

/// <summary>devices as a user calls it, on machines with and without a driver.</summary>
public class DevicesCommandTests
{
    [Fact]
    public async Task Without_a_driver_it_says_where_one_was_looked_for()
    {
        var (code, output) = await RunAsync("/no/such/libcuda.so.1");
        Assert.Equal(0, code);
        Assert.Matches(@"^CPU +.+: \d+ cores?, vectors of (128|256|512) bits, [\d.]+ \w+ of memory\n", output);
        Assert.Contains("CUDA          no driver that can be used\n", output);
        Assert.Contains("/no/such/libcuda.so.1: cannot open shared object file", output);
        Assert.Contains("set PANDA_CUDA to another file, or to none", output);
        Assert.Matches($@"ONNX Runtime  {Regex.Escape(NativeLibraries.OnnxRuntimeVersion)} in .+libonnxruntime.+; .*CPUExecutionProvider", output);
        Assert.Matches(@"libav         libavutil 57\.\S+, .+; built to decode on: \w+", output);
    }

    [Fact]
    public async Task A_library_that_is_no_driver_is_told_by_what_it_lacks()
    {
        var (code, output) = await RunAsync("libc.so.6");
        Assert.Equal(0, code);
        Assert.Contains("cuda: found a library without cuInit, ", output);
    }

    [Theory]
    [InlineData("/no/such/libonnxruntime.so", "onnxruntime: found no loadable file, expected ONNX Runtime ", "/no/such/libonnxruntime.so: cannot open shared object file", "set PANDA_ONNXRUNTIME to another file, or to none; the one for cards, in .panda/cuda: delete that folder and call ./panda setup --cuda")]
    [InlineData("libc.so.6", "onnxruntime: found libc.so.6, expected ONNX Runtime ", "OrtGetApiBase")]
    public async Task An_ONNX_Runtime_that_is_none_is_told_by_what_was_looked_for_or_it_lacks(string named, params string[] expected)
    {
        using var panda = new PandaProcess(new Dictionary<string, string> { ["PANDA_ONNXRUNTIME"] = named }, ["devices"]);
        var (code, output, error) = await panda.EndAsync();
        Assert.Equal((0, ""), (code, error.Trim()));
        Assert.Contains("ONNX Runtime  none that can be used\n", output);
        Assert.All(expected, part => Assert.Contains(part, output));
    }

    [Theory]
    [InlineData("PANDA_AVUTIL", "avutil", "libavutil 57")]
    [InlineData("PANDA_AVCODEC", "avcodec", "libavcodec 59")]
    [InlineData("PANDA_AVFORMAT", "avformat", "libavformat 59")]
    [InlineData("PANDA_SWSCALE", "swscale", "libswscale 6")]
    public async Task A_library_that_is_none_of_FFmpegs_is_told_by_what_it_lacks(string variable, string name, string expected)
    {
        using var panda = new PandaProcess(new Dictionary<string, string> { [variable] = "libm.so.6" }, ["devices"]);
        var (code, output, error) = await panda.EndAsync();
        Assert.Equal((0, ""), (code, error.Trim()));
        Assert.Contains($"libav         none that can be used\n              {name}: found libm.so.6, a library without {name}_version, expected {expected} (FFmpeg 5.1). To mend it: set {variable} to another file, or to none.\n", output);
    }

    [Theory, InlineData("PANDA_AVCODEC"), InlineData("PANDA_ONNXRUNTIME"), InlineData("PANDA_CUDA")]
    public async Task A_library_that_is_cut_short_is_told_and_not_loaded(string variable)
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes(OnnxEnvironment.LibraryPath);
        var cut = folder.Write("cut.so", whole.AsSpan(0, 2_000_000));
        using var panda = new PandaProcess(new Dictionary<string, string> { [variable] = cut }, ["devices"]);
        var (code, output, error) = await panda.EndAsync();
        Assert.Equal((0, ""), (code, error.Trim()));
        Assert.Contains($"{cut}: cut short: found 2000000 bytes, expected {whole.Length}\n", output);
    }

    [Fact]
    public async Task Cards_are_listed()
    {
        using var fake = new FakeDriver();
        var (code, output) = await RunAsync(fake.File);
        Assert.Equal(0, code);
        Assert.Contains($"CUDA          driver for CUDA 12.4 in {fake.File}, 1 card\n              0: Fake 0, 1 GiB, compute capability 8.0, 7 multiprocessors\n", output);

        var cuda = JsonNode.Parse((await RunAsync(fake.File, "--json")).Output)!["cuda"]!;
        Assert.Equal(("12.4", null, "8.0", 1L << 30), ((string?)cuda["version"], (string?)cuda["lacks"], (string?)cuda["cards"]![0]!["compute_capability"], (long)cuda["cards"]![0]!["memory_bytes"]!));
    }

    private static async Task<(int Code, string Output)> RunAsync(string driver, params string[] options)
    {
        using var panda = new PandaProcess(new Dictionary<string, string> { ["PANDA_CUDA"] = driver }, ["devices", .. options]);
        var (code, output, error) = await panda.EndAsync();
        Assert.Equal("", error.Trim());
        return (code, output);
    }
}
