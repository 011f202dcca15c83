namespace Panda.Stream.Shards;

/// <summary>The pts of consecutive frames as a start and the ticks between them: nearly constant numbers, which compress to little.</summary>
internal static class PtsTicks
{
    internal static long[] Of(IReadOnlyList<long> pts)
    {
        var ticks = new long[pts.Count - 1];
        for (var i = 0; i < ticks.Length; i++)
            ticks[i] = pts[i + 1] - pts[i];
        return ticks;
    }

    internal static long[] ToPts(long start, long[] ticks)
    {
        var pts = new long[ticks.Length + 1];
        pts[0] = start;
        for (var i = 0; i < ticks.Length; i++)
            pts[i + 1] = pts[i] + ticks[i];
        return pts;
    }
}
