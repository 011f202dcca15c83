namespace Panda.Stream.Tests.Support;

/// <summary>A clock that a test turns: nothing is ever late on a busy machine.</summary>
public sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Turns the clock to the next timer that is set and lets it ring, once there is one.</summary>
    public async Task RingNextAsync()
    {
        for (; ; await Task.Delay(5, TestContext.Current.CancellationToken))
        {
            Timer? next;
            lock (_lock)
                next = _timers.Where(timer => timer.Due is not null).MinBy(timer => timer.Due);
            if (next is null)
                continue;
            Volatile.Write(ref _now, Math.Max(_now, next.Due ?? 0));
            next.Ring();
            return;
        }
    }

    private sealed class Timer(ManualTime time, Action callback) : ITimer
    {
        public long? Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                if (!time._timers.Contains(this))
                    time._timers.Add(this);
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : time._now + dueTime.Ticks;
            }
            return true;
        }

        public void Ring()
        {
            Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            callback();
        }

        public void Dispose()
        {
            lock (time._lock)
            {
                Due = null;
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
