using System.Diagnostics;

namespace Panda.Stream.Tests.Support;

/// <summary>The program as a user calls it.</summary>
public static class PandaProgram
{
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "panda.dll"), .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["PANDA_HOME"] = Repository.Root },
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
