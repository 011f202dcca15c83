using Panda.Stream.Graph;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Cli;

/// <summary>Real signals to the real program.</summary>
public sealed class StopTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData(PandaProcess.Interrupt), InlineData(PandaProcess.Terminate)]
    public async Task The_first_signal_drains_and_tells_what_it_waits_for(int signal)
    {
        using var panda = Run("run", "--input", Repository.File("samples"), "--output", _folder.File("out"), "--set", "resources.threads=1");
        await panda.VideoOpenedAsync();
        panda.Signal(signal);
        var (code, output, error) = await panda.EndAsync();

        Assert.Equal(130, code);
        Assert.Matches(@"stopping, Ctrl-C again ends at once; waits for (\d+ video|in flight|the last shards)", error);
        Assert.Contains("stopped", output);
        Assert.True(RunReport.Load(_folder.File("out")).Interrupted);
        Assert.Empty(RunReport.Load(_folder.File("out")).Mismatches());
    }

    // Two different signals, so that the kernel cannot make one of them while the first waits to be handled.
    [Theory, InlineData(PandaProcess.Interrupt, PandaProcess.Terminate), InlineData(PandaProcess.Terminate, PandaProcess.Interrupt)]
    public async Task The_second_signal_ends_at_once(int first, int second)
    {
        using var panda = Run("run", "--input", Repository.File("samples"), "--output", _folder.File("out"), "--set", "resources.threads=1");
        await panda.VideoOpenedAsync();
        panda.Signal(first);
        panda.Signal(second);
        var (code, output, _) = await panda.EndAsync();

        Assert.Equal(130, code);
        Assert.DoesNotContain("clips", output);
        Assert.False(File.Exists(_folder.File("out", RunReport.FileName)));
    }

    [Theory, InlineData(PandaProcess.Interrupt), InlineData(PandaProcess.Terminate)]
    public async Task A_signal_before_the_run_began_ends_it_with_a_word(int signal)
    {
        // A list that never ends: it is read before the models are loaded.
        var list = _folder.File("list.txt");
        using (var made = System.Diagnostics.Process.Start("mkfifo", list))
            await made.WaitForExitAsync();
        using var panda = Run("run", "--input", list, "--output", _folder.File("out"));
        using (new FileStream(list, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) // opens once it is read
        {
            panda.Signal(signal);
            var (code, _, error) = await panda.EndAsync();
            Assert.Equal((130, "panda: stopped before it began; the same command goes on"), (code, error.Trim()));
        }
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    [Fact]
    public async Task A_run_whose_folder_is_gone_does_not_say_that_it_is_kept()
    {
        using var panda = Run("run", "--input", Repository.File("samples"), "--output", _folder.File("out"), "--set", "resources.threads=1");
        await panda.VideoOpenedAsync();
        Directory.Move(_folder.File("out"), _folder.File("elsewhere"));
        var (code, _, error) = await panda.EndAsync();
        Assert.Equal(1, code);
        Assert.Contains("panda: what was committed before is no longer in the output folder; without it, the same command starts anew", error);
    }

    [Fact]
    public async Task Split_and_coherence_stop_as_a_run_does()
    {
        foreach (var arguments in (string[][])[["split"], ["split", "--output", _folder.File("split")], ["coherence"]])
        {
            using var panda = Run([.. arguments, Repository.File("samples"), "--set", "resources.threads=1"]);
            await panda.VideoOpenedAsync();
            panda.Signal(PandaProcess.Interrupt);
            var (code, _, error) = await panda.EndAsync();
            Assert.Equal(130, code);
            Assert.Contains("panda: stopping, Ctrl-C again ends at once; waits for", error);
        }
        Assert.Empty(RunReport.Load(_folder.File("split")).Mismatches());
    }

    [Fact]
    public void What_is_waited_for_is_said_in_words()
    {
        StageCount Stage(string name, int inside) => new(name, "frames", 10, 0, inside, 8);
        RunSnapshot Snapshot(string[] videos, params StageCount[] stages) => new(true, TimeSpan.Zero, 9, 1, 0, videos, stages);

        RunSnapshot Decoding(string[] decoding, RunSnapshot run) => run with { AtWork = [.. decoding.Select(video => new AtWork("decode", video, TimeSpan.Zero))] };

        Assert.Equal("in flight: decode 2, blip 7; breaks off 2 videos (a, b)", Decoding(["a", "b"], Snapshot(["a", "b"], Stage("decode", 2), Stage("cut", 0), Stage("blip", 7))).WaitedFor());
        Assert.Equal("1 video (a), in flight: decode 1; breaks off 1 video (b)", Decoding(["b"], Snapshot(["a", "b"], Stage("decode", 1))).WaitedFor());
        Assert.Equal("1 video (a)", Snapshot(["a"]).WaitedFor());
        Assert.Equal("7 videos (a, b, c, d, e and 2 more)", Snapshot(["a", "b", "c", "d", "e", "f", "g"]).WaitedFor());
        Assert.Equal("in flight: shards 3", Snapshot([], Stage("shards", 3)).WaitedFor());
        Assert.Equal("the last shards", Snapshot([], Stage("shards", 0)).WaitedFor());
    }

    private static PandaProcess Run(params string[] arguments) => new(arguments);
}
