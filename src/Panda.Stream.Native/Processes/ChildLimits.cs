using System.Globalization;
using System.Runtime.InteropServices;

namespace Panda.Stream.Native.Processes;

/// <summary>What a child process takes on itself before it does anything that may go wrong.</summary>
public static partial class ChildLimits
{
    private const int DieWithParent = 1, Kill = 9; // PR_SET_PDEATHSIG, SIGKILL
    private const int Data = 2;                    // RLIMIT_DATA

    /// <summary>
    /// Dies when its parent does, even by SIGKILL; is out of reach of the terminal's Ctrl-C and of signals to the parent's group,
    /// since the parent decides how the work ends; is the first that the kernel kills when memory runs out.
    /// </summary>
    /// <returns>False when the parent is gone already.</returns>
    public static bool BindTo(int parent)
    {
        _ = setsid();
        if (prctl(DieWithParent, Kill, 0, 0, 0) != 0)
            throw new InvalidOperationException($"prctl: {Marshal.GetLastPInvokeErrorMessage()}");
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "1000");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // A wish, no need.
        }
        return getppid() == parent;
    }

    /// <summary>Bounds the memory of its own that this process may have: RLIMIT_DATA, which counts what can be written and is not shared.</summary>
    /// <remarks>Not RLIMIT_AS: .NET reserves hundreds of gigabytes of addresses that it never touches.</remarks>
    public static unsafe void LimitMemory(long bytes)
    {
        var limits = stackalloc ulong[2] { (ulong)bytes, (ulong)bytes };
        if (setrlimit(Data, limits) != 0)
            throw new InvalidOperationException($"setrlimit: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Bytes of its own that this process has, as the limit counts them.</summary>
    public static long MemoryTaken()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmData:", StringComparison.Ordinal)); // VmData:   12345 kB
        return long.Parse(line.AsSpan(7, line.Length - 9).Trim(), NumberStyles.None, CultureInfo.InvariantCulture) << 10;
    }

    [LibraryImport(NativeLibraries.LibC, SetLastError = true)]
    private static partial int prctl(int option, nuint argument, nuint none, nuint none2, nuint none3);

    [LibraryImport(NativeLibraries.LibC, SetLastError = true)]
    private static unsafe partial int setrlimit(int resource, ulong* limits);

    [LibraryImport(NativeLibraries.LibC)]
    private static partial int getppid();

    [LibraryImport(NativeLibraries.LibC)]
    private static partial int setsid();
}
