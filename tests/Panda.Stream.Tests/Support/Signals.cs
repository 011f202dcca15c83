using System.Runtime.InteropServices;

namespace Panda.Stream.Tests.Support;

/// <summary>Signals to other processes: what a crash, a hang or a kill is, seen from outside.</summary>
public static partial class Signals
{
    public const int Abrt = 6, Bus = 7, Kill = 9, Segv = 11, Term = 15, Cont = 18, Stop = 19;

    public static void Send(int process, int signal) => Assert.Equal(0, kill(process, signal));

    /// <summary>
    /// Crashes a process. .NET takes a first signal that no instruction of its own has caused for none: it gives up its handler and
    /// goes on, where a real fault would come again at once.
    /// </summary>
    public static void Crash(int process, int signal)
    {
        Disarm(process, signal);
        Send(process, signal);
        Assert.True(SpinWait.SpinUntil(() => !IsAlive(process), TimeSpan.FromSeconds(30)), $"process {process} survived signal {signal}");
    }

    /// <summary>The next such signal ends the process.</summary>
    public static void Disarm(int process, int signal)
    {
        if (signal == Kill)
            return;
        Send(process, signal);
        Assert.True(SpinWait.SpinUntil(() => !Catches(process, signal), TimeSpan.FromSeconds(30)), $"process {process} still handles signal {signal}");
    }

    private static bool Catches(int process, int signal)
    {
        try
        {
            return (Convert.ToUInt64(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("SigCgt:", StringComparison.Ordinal))[7..].Trim(), 16) >> (signal - 1) & 1) == 1;
        }
        catch (IOException)
        {
            return false; // it is no more
        }
    }

    public static bool IsAlive(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The processes that a process has started.</summary>
    public static IReadOnlyList<int> ChildrenOf(int process) =>
        [.. Directory.EnumerateDirectories($"/proc/{process}/task").SelectMany(thread => File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(int.Parse)];

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
