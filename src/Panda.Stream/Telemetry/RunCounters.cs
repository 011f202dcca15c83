using System.Collections.Concurrent;

namespace Panda.Stream.Telemetry;

/// <summary>What went into a run, counted where it enters; what came out is counted by the writer of the shards, so that the two can be held against each other.</summary>
public sealed class RunCounters
{
    private long _frames, _segments, _clips, _videosDone, _videosFailed;
    private double _videoSeconds;
    private readonly ConcurrentDictionary<string, DateTime> _inFlight = new(StringComparer.Ordinal);

    /// <summary>Frames decoded.</summary>
    public long Frames => Volatile.Read(ref _frames);

    /// <summary>Segments cut.</summary>
    public int Segments => (int)Volatile.Read(ref _segments);

    /// <summary>Clips that stage 2 let pass.</summary>
    public int Clips => (int)Volatile.Read(ref _clips);

    public int VideosDone => (int)Volatile.Read(ref _videosDone);

    public int VideosFailed => (int)Volatile.Read(ref _videosFailed);

    /// <summary>Length of the videos that have ended, whether done or broken off.</summary>
    public double VideoSeconds => Volatile.Read(ref _videoSeconds);

    // ToArray first: LINQ would copy by a count that is old when it copies.
    /// <summary>Ids of the videos that are in a lane, those that entered first before the others.</summary>
    public IReadOnlyList<string> VideosInFlight => [.. _inFlight.ToArray().OrderBy(video => video.Value).ThenBy(video => video.Key, StringComparer.Ordinal).Select(video => video.Key)];

    /// <summary>A video goes into a lane.</summary>
    public void Enter(string videoId) => _inFlight[videoId] = DateTime.UtcNow;

    /// <summary>It has left the lane; its clips may still be on their way.</summary>
    public void Leave(string videoId) => _inFlight.TryRemove(videoId, out _);

    public void AddFrames(int count) => Interlocked.Add(ref _frames, count);

    public void AddSegment() => Interlocked.Increment(ref _segments);

    public void AddClip() => Interlocked.Increment(ref _clips);

    public void AddVideo(bool failed, double seconds)
    {
        if (failed)
            Interlocked.Increment(ref _videosFailed);
        else
            Interlocked.Increment(ref _videosDone);
        for (var before = VideoSeconds; Interlocked.CompareExchange(ref _videoSeconds, before + seconds, before) != before;)
            before = VideoSeconds;
    }
}
