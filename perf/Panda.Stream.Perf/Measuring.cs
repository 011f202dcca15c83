using System.Diagnostics;

namespace Panda.Stream.Perf;

/// <summary>What one round of one case took.</summary>
/// <param name="Seconds">By the clock.</param>
/// <param name="CpuSeconds">Of all threads of this process: what remains comparable on a machine that has other work too.</param>
internal readonly record struct Taken(double Seconds, double CpuSeconds);

internal static class Measuring
{
    public static async Task<(T Result, Taken Taken)> TimeAsync<T>(Func<Task<T>> work)
    {
        // What the case before left behind is not this one's to clean up.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var (begun, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var result = await work();
        return (result, new(Stopwatch.GetElapsedTime(begun).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds));
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>How the speeds compare, round by round: what disturbs a round disturbs both.</summary>
    public static double Ratio(IEnumerable<Taken> alone, IEnumerable<Taken> more) => Median(alone.Zip(more, (one, other) => one.Seconds / other.Seconds));
}
