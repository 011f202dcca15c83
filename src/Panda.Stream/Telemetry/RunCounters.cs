using System.Collections.Concurrent;

namespace Panda.Stream.Telemetry;

/// <summary>What a teacher did in a run: captions proposed, how many became the caption of their clip, calls that failed.</summary>
public sealed class TeacherCounters
{
    public long Candidates;
    public long Chosen;
    public long Errors;
}

/// <summary>Every count of a run, in one place. Stages add to it; progress, summary and <c>run.json</c> read it.</summary>
public sealed class RunCounters(IEnumerable<string> teachers)
{
    // Videos: in = done + failed once a run has ended.
    public long VideosIn, VideosDone, VideosFailed;

    // Frames decoded, and seconds of video that they cover.
    public long Frames;
    public double VideoSeconds;

    // Segments: total = those in clips + dropped, by reason.
    public long Segments;
    public ConcurrentDictionary<string, long> DroppedSegments { get; } = new(StringComparer.Ordinal);

    // Clips: in = rows + filtered, by reason, + failed.
    public long ClipsIn, Rows, ClipsFailed;
    public ConcurrentDictionary<string, long> FilteredClips { get; } = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, TeacherCounters> Teachers { get; } =
        teachers.ToDictionary(name => name, _ => new TeacherCounters(), StringComparer.Ordinal);

    public static void Add(ConcurrentDictionary<string, long> byReason, string reason) =>
        byReason.AddOrUpdate(reason, 1, (_, count) => count + 1);
}
