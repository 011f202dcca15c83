namespace Panda.Stream.Shards;

/// <summary>What is wrong with a row whose values have the right types and cannot be, or cannot be together. A run writes none such.</summary>
internal static class Unfit
{
    // As far as TimeText writes times.
    private const double LatestSecond = 1e9;

    internal static InvalidDataException Column(string name, object found, FormattableString expected) =>
        new(FormattableString.Invariant($"column {name}: found {found}, expected {FormattableString.Invariant(expected)}"));

    /// <summary>Null where the values may be of one clip.</summary>
    internal static InvalidDataException? Of(ClipRow row) =>
        row.StartSeconds < 0 ? Column("start_s", row.StartSeconds, $"seconds from 0")
        : row.EndSeconds < row.StartSeconds || row.EndSeconds >= LatestSecond ? Column("end_s", row.EndSeconds, $"seconds from start_s, {row.StartSeconds}, to below {LatestSecond}")
        : row.EndPts < row.StartPts ? Column("end_pts", row.EndPts, $"at least start_pts, {row.StartPts}")
        : Frames(row.StartFrame, row.EndFrame) ?? Rates(row.Fps, row.TimeBase);

    /// <summary>Null where the values may be of one segment.</summary>
    /// <param name="row">The segment.</param>
    /// <param name="before">Segments that were read before it: all features of a result come of one model.</param>
    internal static InvalidDataException? Of(SegmentRow row, List<SegmentRow> before)
    {
        var (segment, video, pts) = (row.Segment, row.Video, row.Pts);
        if ((Frames(segment.Start, segment.End) ?? Rates(video.Fps, video.TimeBase)) is { } wrong)
            return wrong;
        if (pts.Count != segment.Length + 1)
            return Column("frame_ticks", pts.Count - 1, $"{segment.Length} of them, one for each frame from start_frame to end_frame");
        for (var i = 1; i < pts.Count; i++)
            if (pts[i] < pts[i - 1])
                return Column(i == 1 ? "start_pts" : "frame_ticks", $"frame {segment.Start + i} at pts {pts[i]}", $"none before {pts[i - 1]}, that of the frame before it");
        if (!IsTime(row.StartSeconds, pts[0]))
            return Column("start_s", row.StartSeconds, $"{video.Seconds(pts[0])}, by start_pts, zero_pts and time_base");
        if (!IsTime(row.EndSeconds, pts[^1]))
            return Column("end_s", row.EndSeconds, $"{video.Seconds(pts[^1])}, by start_pts, frame_ticks, zero_pts and time_base");
        if (row.Samples is { } samples && samples.Frames.Count != samples.Distances.Count)
            return Column("lpips_distances", samples.Distances.Count, $"{samples.Frames.Count} of them, one for each of lpips_frames");
        var like = before.FindLast(other => other.FirstFeature is not null)?.FirstFeature ?? row.FirstFeature ?? row.LastFeature;
        return Feature("first_feature", row.FirstFeature) ?? Feature("last_feature", row.LastFeature);

        bool IsTime(double seconds, long at) => Math.Abs(video.Seconds(at) - seconds) <= video.TimeBase.ToDouble();

        InvalidDataException? Feature(string name, float[]? feature) =>
            feature is null || feature.Length == like!.Length ? null : Column(name, feature.Length, $"{like.Length} numbers, as in the other features");
    }

    private static InvalidDataException? Frames(int start, int end) =>
        start < 0 ? Column("start_frame", start, $"a frame from 0")
        : end <= start ? Column("end_frame", end, $"more than start_frame, {start}")
        : null;

    private static InvalidDataException? Rates(double fps, Native.Rational timeBase) =>
        fps <= 0 ? Column("fps", fps, $"more than 0")
        : !timeBase.IsPositive ? Column("time_base", timeBase, $"a fraction above 0")
        : null;
}
