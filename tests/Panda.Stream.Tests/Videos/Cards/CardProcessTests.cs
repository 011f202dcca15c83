using Panda.Stream.Tests.Cuda;
using Panda.Stream.Tests.Kernels;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Videos.Cards;

/// <summary>Processes that are told to decode on a card, with and without what that takes.</summary>
public sealed class CardProcessTests
{
    private const string Search = "LD_LIBRARY_PATH";

    [Fact]
    public void Decoding_on_a_card_passes_its_tests()
    {
        using var folder = new TemporaryFolder();
        FakeDriver.PutInto(folder, decodes: true);
        var program = Path.Combine(AppContext.BaseDirectory, "Panda.Stream.Tests.dll");
        var result = ShimLibrary.TryRun("env",
            [$"{Search}={folder.Path}", $"{CardDecodingTests.Variable}=1", "dotnet", program, "-noLogo", "-noColor", "-class", typeof(CardDecodingTests).FullName!]);
        Assert.True(result is { ExitCode: 0 }, result?.Output);
        Assert.Matches("Total: [1-9][0-9]+, Errors: 0, Failed: 0", result!.Value.Output);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Without_a_driver_or_its_decoder_the_CPU_decodes_and_one_line_says_why(bool driver)
    {
        using var folder = new TemporaryFolder();
        if (driver)
            FakeDriver.PutInto(folder, decodes: false);
        string[] arguments = ["split", "--json", TestFiles.Video("moving.mp4"), TestFiles.Video("quarters.mp4"), TestFiles.Video("turned90.mp4")];
        var (code, output, error) = await PandaProcess.RunAsync(arguments);
        Assert.Equal((0, ""), (code, error.Trim()));

        using var panda = new PandaProcess(
            new Dictionary<string, string> { [Search] = folder.Path, ["PANDA_CUDA"] = driver ? "" : folder.File("none") }, [.. arguments, "--set", "decode.on=cuda:0"]);
        var found = await panda.EndAsync();

        Assert.Equal((0, Without(output)), (found.Code, Without(found.Output)));
        var line = Assert.Single(found.Error.Split('\n'), line => line.Contains("the CPU decoded it, not cuda:0: h264: ", StringComparison.Ordinal));
        Assert.Contains(driver ? "nvcuvid: found no loadable file, expected the video decoder of NVIDIA's driver." : "cuda: found no loadable file", line);
    }

    [Fact]
    public async Task What_is_no_device_is_refused()
    {
        var (code, _, error) = await PandaProcess.RunAsync("split", TestFiles.Video("moving.mp4"), "--set", "decode.on=gpu");
        Assert.NotEqual(0, code);
        Assert.Contains("found 'gpu', expected cpu or cuda:N, the number of a card", error);
    }

    // Warnings may stand in the lines of the videos.
    private static string Without(string output) => System.Text.RegularExpressions.Regex.Replace(output, "\"warnings\":\\[[^]]*\\]", "");
}
