namespace Panda.Stream.Shards;

/// <summary>Nothing may be lost or doubled: what goes into a run comes out as a row, or with the reason why not.</summary>
internal static class Conservation
{
    internal static IEnumerable<string> Check(RunReport run)
    {
        var (videos, segments, clips) = (run.Videos, run.Segments, run.Clips);
        if (videos.In != videos.Done + videos.Failed + videos.Waiting)
            yield return $"videos: {videos.In} in, but {videos.Done} done + {videos.Failed} failed + {videos.Waiting} waiting = {videos.Done + videos.Failed + videos.Waiting}";

        if (segments.Total != segments.InClips + segments.Dropped)
            yield return $"segments: {segments.Total} in, but {segments.InClips} in clips + {segments.Dropped} dropped = {segments.InClips + segments.Dropped}";
        var reasons = segments.Drops.Values.Sum();
        if (segments.Dropped != reasons)
            yield return $"segments: {segments.Dropped} dropped, but {reasons} by reason";
        if (segments.Drops.TryGetValue("", out var silent))
            yield return $"segments: {silent} dropped without a reason";

        if (clips.In != clips.Rows + clips.Filtered + clips.Failed)
            yield return $"clips: {clips.In} in, but {clips.Rows} rows + {clips.Filtered} filtered + {clips.Failed} failed = {clips.Rows + clips.Filtered + clips.Failed}";
        var filtered = run.FilteredBy.Values.Sum();
        if (clips.Filtered != filtered)
            yield return $"clips: {clips.Filtered} filtered, but {filtered} by filter";
        if (!run.Captioned)
            yield break;
        if (clips.Captioned < clips.Rows + clips.Filtered || clips.Captioned > clips.In)
            yield return $"clips: {clips.Captioned} captioned, expected from {clips.Rows + clips.Filtered} (rows + filtered) to {clips.In} (in)";

        foreach (var (name, teacher) in run.Teachers)
            if (teacher.Candidates != clips.Captioned)
                yield return $"teacher {name}: {teacher.Candidates} candidates for {clips.Captioned} captioned clips";
        var chosen = run.Teachers.Values.Sum(teacher => teacher.Chosen);
        if (chosen != clips.Rows)
            yield return $"captions: {chosen} chosen for {clips.Rows} rows";
    }
}
