namespace Panda.Stream.Splitting;

/// <summary>Times as the dataset writes them: <c>H:MM:SS.mmm</c>, hours not padded, one microsecond added, cut to milliseconds.</summary>
public static class TimeText
{
    /// <summary>A time in seconds. Past a day the hours go on (24:00:00.000), where the reference would write "1 day, 0:00:00.000".</summary>
    public static string OfSeconds(double seconds)
    {
        if (!(seconds >= 0 && seconds < 1e9))
            throw new ArgumentOutOfRangeException(nameof(seconds), seconds, $"time: found {seconds}, expected seconds from 0");
        // Whole seconds apart from the rest, rounded half to even: as Python's timedelta does.
        var whole = Math.Floor(seconds);
        var micros = (long)whole * 1_000_000 + (long)Math.Round((seconds - whole) * 1e6 + 1, MidpointRounding.ToEven);
        var millis = micros / 1000;
        var (minutes, rest) = Math.DivRem(millis, 60_000);
        return $"{minutes / 60}:{minutes % 60:00}:{rest / 1000:00}.{rest % 1000:000}";
    }

    /// <summary>From and to, as one cell of the dataset's table.</summary>
    public static string OfSpan(double start, double end) => $"['{OfSeconds(start)}', '{OfSeconds(end)}']";

    /// <summary>The time of a frame at a constant rate.</summary>
    public static string OfFrame(int frame, double fps) => OfSeconds(frame / fps);
}
