using System.Globalization;

namespace Panda.Stream.Videos;

/// <summary>The decoder's thread has been left behind: whatever it comes back with belongs to nobody.</summary>
internal sealed class DecodeAbandonedException() : Exception("The decoder came back after its video was given up.");

/// <summary>
/// Watches the decoder of one video at work. At a deadline it interrupts it; where that does not help, which is when a thread is
/// stuck in the codec or in the kernel, it gives the thread up, since nothing can end one: it and what it holds are let go when it
/// comes back, if ever.
/// </summary>
/// <remarks>Only the decoder's own work counts, not what full stages behind it hold back.</remarks>
internal sealed class DecodeWatch : IDisposable
{
    private const int Resting = 0, Working = 1, Abandoned = 2;

    private readonly DecodeDeadlines _deadlines;
    private readonly CancellationTokenSource _interrupt = new();
    private readonly TaskCompletionSource _givenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private TimeSpan _worked;
    private double _decodedSeconds;
    private long _begun;
    private bool _byVideo;
    private int _state;

    public DecodeWatch(DecodeDeadlines deadlines)
    {
        _deadlines = deadlines;
        _timer = deadlines.Time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled at a deadline.</summary>
    public CancellationToken Interrupt => _interrupt.Token;

    /// <summary>Ends when the decoder's thread is left behind.</summary>
    public Task GivenUp => _givenUp.Task;

    /// <summary>Which deadline has passed, in words; null while none has.</summary>
    public string? Passed { get; private set; }

    /// <summary>The decoder begins to work.</summary>
    /// <param name="decodedSeconds">Length of what was decoded so far.</param>
    public void Enter(double decodedSeconds)
    {
        lock (_lock)
        {
            _state = Working;
            _begun = _deadlines.Time.GetTimestamp();
            _decodedSeconds = decodedSeconds;
            var ofVideo = _deadlines.Video + TimeSpan.FromSeconds(_deadlines.PerSecond * decodedSeconds) - _worked;
            _byVideo = _deadlines.Frame is not { } frame || ofVideo < frame;
            if ((_byVideo ? ofVideo : _deadlines.Frame) is { } due)
                _timer.Change(due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The decoder has returned.</summary>
    /// <exception cref="DecodeAbandonedException">Too late.</exception>
    public void Leave()
    {
        lock (_lock)
        {
            if (_state == Abandoned)
                throw new DecodeAbandonedException();
            _state = Resting;
            _worked += _deadlines.Time.GetElapsedTime(_begun);
            if (Passed is null)
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Has the decoder do a piece of work.</summary>
    /// <exception cref="DecodeAbandonedException">It came back too late.</exception>
    public T Time<T>(double decodedSeconds, Func<T> work)
    {
        Enter(decodedSeconds);
        try
        {
            return work();
        }
        finally
        {
            Leave();
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        // One that was given up may still look at its token.
        if (_state != Abandoned)
            _interrupt.Dispose();
    }

    // First at the deadline, then when the grace after it is over.
    private void Ring()
    {
        lock (_lock)
        {
            if (_state != Working)
                return;
            if (Passed is not null)
            {
                _state = Abandoned;
                _givenUp.SetResult();
                return;
            }
            var taken = _deadlines.Time.GetElapsedTime(_begun);
            Passed = _byVideo
                ? string.Create(CultureInfo.InvariantCulture, $"found {(_worked + taken).TotalSeconds:0.###} s of decoding for {_decodedSeconds:0.###} s of video, expected no more than deadlines.video_s and video_per_second allow")
                : string.Create(CultureInfo.InvariantCulture, $"found no frame after {taken.TotalSeconds:0.###} s of work, expected one within deadlines.frame_s");
            _timer.Change(_deadlines.Grace, Timeout.InfiniteTimeSpan);
        }
        _interrupt.Cancel();
    }
}
