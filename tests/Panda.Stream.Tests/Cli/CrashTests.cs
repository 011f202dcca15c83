using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Cli;

/// <summary>Crashes as a decoder's would be, by the signal itself, of a run as the launcher starts it.</summary>
public sealed class CrashTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CrashTests()
    {
        ModelsFolder.Make(_folder.File("models"), ["embedder"], ["teacher"], ["matcher"]);
        // Long enough to be caught at: recordings joined end to end.
        var part = File.ReadAllBytes(TestFiles.Video("back.ts"));
        foreach (var name in new[] { "a", "b", "c" })
            _folder.Write($"videos/{name}.ts", [.. Enumerable.Repeat(part, 1000).SelectMany(bytes => bytes), .. part.AsSpan(0, 188 * (name[0] - 'a'))]);
        _folder.Write("my.yaml", $$"""
            input: videos
            models: models
            split: {embedder: embedder, transition: 2, stitch: 0, still: 0, repeat: 0}
            coherence: {model: none}
            caption: {teachers: [teacher]}
            select: {matcher: matcher}
            """);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_crash_with_one_video_open_sets_it_aside_and_the_run_goes_on()
    {
        using var run = Start("--set", "decode.videos_at_once=1");
        await CrashWhileOpenAsync(run, open => open is ["b.ts"]);
        var error = await EndAsync(run, 0);

        Assert.Contains("panda: the run died by SIGSEGV; starting it again", error);
        Assert.Matches(@"panda: \S+/b\.ts is set aside: the run died by SIGSEGV while it alone was open", error);
        var reader = ShardReader.Open(_folder.File("out"));
        var failed = Assert.Single(reader.Failed());
        Assert.Equal(("b", "decode"), (failed.Id, failed.Stage));
        Assert.StartsWith("found that the run died by SIGSEGV while this video was open", failed.Reason);
        Assert.Equal(["a", "c"], reader.Clips().Select(row => row.VideoId).Distinct().Order());
        Assert.Equal(new VideoCounts(3, 2, 1), RunReport.Load(_folder.File("out")).Videos);
        Assert.False(File.Exists(_folder.File("out", OpenedVideos.FileName)));

        Assert.Matches($@"^{Regex.Escape(Repository.File("panda"))} run {Regex.Escape(_folder.File("my.yaml"))} --input {Regex.Escape(_folder.File("videos", "b.ts"))} --set decode\.videos_at_once=1 --output panda-reproduce --overwrite$", failed.Reproduce);
    }

    [Fact]
    public async Task A_crash_with_several_open_costs_none_that_decodes_in_a_process_of_its_own()
    {
        using var run = Start("--set", "decode.videos_at_once=2");
        await CrashWhileOpenAsync(run, open => open.Length == 2);
        var error = await EndAsync(run, 0);

        Assert.Contains("each of the videos that were open is decoded in a process of its own", error);
        Assert.Equal(new VideoCounts(3, 3, 0), RunReport.Load(_folder.File("out")).Videos);
    }

    [Fact]
    public async Task A_crash_with_none_open_is_not_repeated()
    {
        Directory.CreateDirectory(_folder.File("out"));
        using var run = Start("--after-crash", _folder.Write("report", "SIGSEGV"));
        Assert.Contains("the run died by SIGSEGV, and no video was open in it that could be set aside", await EndAsync(run, 1));
        Assert.False(File.Exists(_folder.File("report")));
    }

    [Fact]
    public async Task A_crash_before_any_video_can_be_set_aside_is_not_repeated()
    {
        // Gives up at its tenth start.
        using var run = Supervise("bash", "-c", "echo >>\"$0\"; (($(wc -l <\"$0\") >= 10)) || kill -BUS $$", _folder.File("starts"));
        Assert.Equal("panda: the run died by SIGBUS; starting it again\npanda: the run died by SIGBUS before it could set a video aside: it is not started again\n", await EndAsync(run, 135));
        Assert.Equal(2, File.ReadAllLines(_folder.File("starts")).Length);
    }

    [Fact]
    public async Task Decoders_that_cannot_be_loaded_cost_no_video()
    {
        using var panda = new PandaProcess(new Dictionary<string, string> { ["PANDA_AVCODEC"] = _folder.Write("cut.so", File.ReadAllBytes(OnnxEnvironment.LibraryPath).AsSpan(0, 20_000)) },
            ["run", _folder.File("my.yaml"), "--output", _folder.File("out")]);
        var (code, _, error) = await panda.EndAsync();
        Assert.Equal(2, code);
        Assert.Contains("cut short: found 20000 bytes, ", error);
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    [Fact]
    public async Task In_process_mode_the_decoder_crashes_alone()
    {
        using var run = Start("--set", "decode.isolation=process", "--set", "decode.videos_at_once=1");
        var process = await ProcessAsync(run);
        IReadOnlyList<int> children;
        while ((children = Signals.ChildrenOf(process)).Count == 0)
            await Task.Delay(1);
        Signals.Crash(children[0], Signals.Segv);
        var error = await EndAsync(run, 0);

        Assert.DoesNotContain("starting it again", error);
        var reader = ShardReader.Open(_folder.File("out"));
        var failed = Assert.Single(reader.Failed());
        Assert.Contains("the decoder's process was killed by SIGSEGV", failed.Reason);
        Assert.Equal(new VideoCounts(3, 2, 1), RunReport.Load(_folder.File("out")).Videos);
    }

    [Fact]
    public async Task A_run_that_is_killed_takes_its_decoders_with_it()
    {
        using var run = Start("--set", "decode.isolation=process");
        var process = await ProcessAsync(run);
        IReadOnlyList<int> children;
        while ((children = Signals.ChildrenOf(process)).Count == 0)
            await Task.Delay(1);
        Signals.Send(process, Signals.Kill);
        Assert.Contains("panda: the run was killed (SIGKILL; out of memory?); the same command goes on\n", await EndAsync(run, 137));
        for (var waited = Stopwatch.StartNew(); children.Any(Signals.IsAlive) && waited.Elapsed < TimeSpan.FromSeconds(10);)
            await Task.Delay(5);
        Assert.DoesNotContain(children, Signals.IsAlive);
    }

    [Fact]
    public async Task Signals_to_the_launcher_reach_the_run_once()
    {
        using var run = Start("--set", "decode.videos_at_once=1");
        await ProcessAsync(run);
        await Task.Delay(200);
        Signals.Send(run.Id, Signals.Term);
        await EndAsync(run, 130);
        Assert.True(RunReport.Load(_folder.File("out")).Interrupted);
    }

    [Theory, InlineData(PandaProcess.Terminate), InlineData(PandaProcess.Interrupt)]
    public async Task A_run_that_a_signal_ends_before_it_listens_was_stopped(int signal)
    {
        using var run = Supervise("sleep", "60");
        await StartedAsync(run, "sleep");
        Signals.Send(run.Id, signal);
        Assert.Equal("panda: stopped before it began; the same command goes on\n", await EndAsync(run, 130));
    }

    /// <summary>The launcher's own function, with the program that these tests were built with.</summary>
    private Process Start(params string[] arguments) =>
        Supervise([Path.Combine(AppContext.BaseDirectory, "panda"), "run", _folder.File("my.yaml"), "--output", _folder.File("out"), .. arguments]);

    private static Process Supervise(params string[] program)
    {
        var start = new ProcessStartInfo("bash",
        [
            "-c", "set -euo pipefail; source <(sed -n '/^supervise()/,/^}/p' \"$0\"); status=0; supervise \"$@\" || status=$?; exit $status", Repository.File("panda"),
            .. program,
        ])
        { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        return Process.Start(start)!;
    }

    private async Task<string> EndAsync(Process run, int code)
    {
        var (output, error) = (run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await run.WaitForExitAsync(limit.Token);
        Assert.True(run.ExitCode == code, $"exit code {run.ExitCode}, expected {code}: {await error}{await output}");
        return await error;
    }

    /// <summary>The id of the launcher's program, once it holds the output folder.</summary>
    private async Task<int> ProcessAsync(Process run)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromMinutes(1); await Task.Delay(1))
        {
            // On the way to the program it is the commands that start it.
            if (File.Exists(_folder.File("out", ".panda.lock")) && ChildOf(run, "panda") is { } process)
                return process;
        }
        throw new TimeoutException("no run holds the folder");
    }

    private static async Task StartedAsync(Process run, string name)
    {
        for (var waited = Stopwatch.StartNew(); ChildOf(run, name) is null; await Task.Delay(1))
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(1), $"{name} was not started");
    }

    private static int? ChildOf(Process run, string name) =>
        Signals.ChildrenOf(run.Id) is [var process, ..] && File.ReadAllText($"/proc/{process}/comm") == name + "\n" ? process : null;

    private async Task CrashWhileOpenAsync(Process run, Func<string[], bool> wanted)
    {
        var process = await ProcessAsync(run);
        Signals.Disarm(process, Signals.Segv);
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromMinutes(1); await Task.Delay(1))
        {
            if (!wanted(Open()))
                continue;
            // Held still, so that what is open now is what is open at the crash.
            Signals.Send(process, Signals.Stop);
            if (wanted(Open()))
            {
                Signals.Send(process, Signals.Segv);
                Signals.Send(process, Signals.Cont);
                return;
            }
            Signals.Send(process, Signals.Cont);
        }
        Assert.Skip("the videos were decoded before they could be seen open");
    }

    private string[] Open()
    {
        try
        {
            var account = JsonNode.Parse(File.ReadAllText(_folder.File("out", OpenedVideos.FileName)))!;
            return [.. account["Open"]!.AsArray().Select(path => Path.GetFileName((string)path!))];
        }
        catch (IOException)
        {
            return [];
        }
    }
}
