using System.Diagnostics;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Cli;

/// <summary>
/// The program itself, killed by SIGKILL at random moments and started again with the same command until it is through: the shards
/// are those of a run that was never killed. <c>PANDA_KILLS</c> sets how often in all.
/// </summary>
public sealed class KillTests : IDisposable
{
    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("PANDA_KILLS"), out var kills) ? kills : 50;

    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task Killed_at_any_moment_a_run_ends_with_the_same_shards()
    {
        Assert.True(await RunAsync("whole", null));
        // Two results side by side: each is killed, gone on with, and begun anew when it is through.
        var counts = await Task.WhenAll(Enumerable.Range(0, 2).Select(KillAsync));
        Assert.True(counts.Sum() >= Kills, $"{counts.Sum()} kills");
    }

    private async Task<int> KillAsync(int chain)
    {
        var (random, killed, round) = (new Random(chain), 0, 0);
        while (killed < (Kills + 1) / 2)
        {
            var name = $"killed-{chain}-{round++}";
            while (!await RunAsync(name, killed < (Kills + 1) / 2 ? random : null))
                killed++;
            Assert.Equal(_runs.Shards("whole"), _runs.Shards(name));
            Assert.Empty(RunReport.Load(_runs.PathOf(name)).Mismatches());
            Assert.False(Directory.Exists(_runs.PathOf($"{name}/.earlier")));
        }
        return killed;
    }

    /// <summary>True when the run came to its end.</summary>
    private async Task<bool> RunAsync(string name, Random? random)
    {
        var split = _runs.Config.Split;
        using var process = Process.Start(new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "panda.dll"), "run", "--input", _runs.Input, "--output", _runs.PathOf(name), .. new[]
            {
                $"models={_runs.Models}", $"split.embedder={split.Embedder}", "split.transition=2", "split.stitch=0", "split.still=0", "split.repeat=0", "split.segment_s=1",
                "split.segment_slack_s=0", "split.shortest_s=0.3", "coherence.model=none", "caption.teachers=[teacher,second]", "select.matcher=matcher", "shards.rows=20",
            }.SelectMany(set => new[] { "--set", set }),
        ])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["PANDA_HOME"] = Repository.Root },
        })!;
        var begun = new TaskCompletionSource();
        var errors = new List<string>();
        // Half of the kills fall anywhere from when the inputs are found, half while frames flow.
        var sign = random?.Next(2) == 0 ? "results go to" : " s  videos ";
        process.ErrorDataReceived += (_, line) =>
        {
            errors.Add(line.Data ?? "");
            if (line.Data is null || line.Data.Contains(sign, StringComparison.Ordinal))
                begun.TrySetResult();
        };
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEndAsync();
        if (random is not null)
        {
            await begun.Task;
            await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(random.Next(600)));
            process.Kill();
        }
        await process.WaitForExitAsync();
        await output;
        if (process.ExitCode == 137)
            return false;
        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}: {string.Join('\n', errors)}");
        return true;
    }
}
