using System.Diagnostics;
using System.Globalization;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Fuzz;

/// <summary>How the program ended under watch.</summary>
/// <param name="Code">Its exit code; 128 and the signal's number where a signal ended it.</param>
/// <param name="PeakBytes">The most memory that it had in use.</param>
/// <param name="Verdict">Null where it kept to deadline and memory, else which it broke: it was then ended.</param>
internal sealed record WatchedEnd(int Code, string Output, string Error, long PeakBytes, string? Verdict);

/// <summary>The real program as a process of its own, with a deadline and a bound on its memory: a crash in it costs no more than itself.</summary>
internal static class WatchedProcess
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    internal static async Task<WatchedEnd> PandaAsync(TimeSpan deadline, long mostBytes, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "panda.dll"), .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
            Environment = { ["PANDA_HOME"] = Repository.Root, ["DOTNET_gcServer"] = "0" },
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var clock = Stopwatch.StartNew();
        var (peak, ended) = (0L, process.WaitForExitAsync());
        string? verdict = null;
        while (!ended.IsCompleted)
        {
            await Task.WhenAny(ended, Task.Delay(Look));
            peak = Math.Max(peak, PeakOf(process.Id));
            verdict = peak > mostBytes ? $"took {peak >> 20} MiB, expected at most {mostBytes >> 20} MiB"
                : clock.Elapsed > deadline ? $"ran for {clock.Elapsed.TotalSeconds:0} s, expected an end within {deadline.TotalSeconds:0} s"
                : null;
            if (verdict is null || ended.IsCompleted)
                continue;
            process.Kill(entireProcessTree: true);
            await ended;
        }
        return new(process.ExitCode, await output, await error, peak, verdict);
    }

    private static long PeakOf(int process)
    {
        try
        {
            // VmHWM:	  123456 kB
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line.AsSpan("VmHWM:".Length).Trim("\t kB"), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // it has just ended
        }
    }
}
