namespace Panda.Stream.Models.Calls;

/// <summary>The time that models may still work on one clip, and what they worked. Safe for use by several threads at once.</summary>
/// <param name="allowed">Null for any.</param>
public sealed class WorkTime(TimeSpan? allowed)
{
    private long _spent;

    public TimeSpan Spent => new(Volatile.Read(ref _spent));

    public TimeSpan? Left => allowed is { } all ? all - Spent : null;

    public void Charge(TimeSpan time) => Interlocked.Add(ref _spent, time.Ticks);
}
