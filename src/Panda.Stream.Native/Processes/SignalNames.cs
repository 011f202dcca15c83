namespace Panda.Stream.Native.Processes;

/// <summary>The signals that end a process, by name.</summary>
public static class SignalNames
{
    // Linux, x86-64.
    private static readonly Dictionary<int, string> Names = new()
    {
        [1] = "SIGHUP", [2] = "SIGINT", [3] = "SIGQUIT", [4] = "SIGILL", [5] = "SIGTRAP", [6] = "SIGABRT", [7] = "SIGBUS", [8] = "SIGFPE",
        [9] = "SIGKILL", [11] = "SIGSEGV", [13] = "SIGPIPE", [14] = "SIGALRM", [15] = "SIGTERM", [24] = "SIGXCPU", [25] = "SIGXFSZ", [31] = "SIGSYS",
    };

    public static string Of(int signal) => Names.GetValueOrDefault(signal, $"signal {signal}");

    /// <summary>How a process ended, by the exit code that .NET and shells give: 128 and the signal for one that was killed.</summary>
    public static string HowItEnded(int exitCode) => exitCode > 128 ? $"was killed by {Of(exitCode - 128)}" : $"ended with exit code {exitCode}";
}
