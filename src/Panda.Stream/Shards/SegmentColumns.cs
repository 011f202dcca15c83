namespace Panda.Stream.Shards;

/// <summary>The columns of <c>segments/</c>: all that stage 2 needs to make clips again under other thresholds, with exact times and coherence, without the video.</summary>
internal static class SegmentColumns
{
    private static readonly IReadOnlyList<Column<SegmentRow>> All =
    [
        new("video_id", "VARCHAR", "", "Identity of the video.", (row, slot) => slot.Set(row.VideoId)),
        new("source", "VARCHAR", "path", "The file that was read.", (row, slot) => slot.Set(row.Source)),
        new("segment", "INTEGER", "", "Number of the segment in its video, from 0.", (row, slot) => slot.Set(row.Segment.Index)),
        new("start_frame", "INTEGER", "frame", "First frame, counted from 0 among the decoded frames.", (row, slot) => slot.Set(row.Segment.Start)),
        new("end_frame", "INTEGER", "frame", "The frame after the last.", (row, slot) => slot.Set(row.Segment.End)),
        new("start_s", "DOUBLE", "s", "Time of the first frame, from its pts.", (row, slot) => slot.Set(row.StartSeconds)),
        new("end_s", "DOUBLE", "s", "Time at which the last frame ends.", (row, slot) => slot.Set(row.EndSeconds)),
        new("first_probe", "INTEGER", "frame", "The embedded frame near its start.", (row, slot) => slot.Set(row.Probes.First)),
        new("last_probe", "INTEGER", "frame", "The embedded frame near its end.", (row, slot) => slot.Set(row.Probes.Last)),
        new("first_feature", "FLOAT[]", "unit length", "Embedding of first_probe; null when it could not be made.", (row, slot) => slot.Set(row.FirstFeature)),
        new("last_feature", "FLOAT[]", "unit length", "Embedding of last_probe; null when it could not be made.", (row, slot) => slot.Set(row.LastFeature)),
        new("outcome", "VARCHAR", "clip, dropped", "What became of it.", (row, slot) => slot.Set(row.ClipId is null ? "dropped" : "clip")),
        new("clip_id", "VARCHAR", "", "The clip that holds it; null when dropped.", (row, slot) => slot.Set(row.ClipId)),
        new("reason", "VARCHAR", "", "Why it was dropped; null when in a clip.", (row, slot) => slot.Set(row.Reason)),
        new("value", "DOUBLE", "L2 or s", "The figure that the reason compares with its threshold.", (row, slot) => slot.Set(row.Value)),
        new("detail", "VARCHAR", "", "The reason in words: figure and threshold, or why a probe frame failed.", (row, slot) => slot.Set(row.Detail)),
        new("fps", "DOUBLE", "frames/s", "The video's average frame rate.", (row, slot) => slot.Set(row.Video.Fps)),
        new("width", "INTEGER", "pixels", "Width of the video as shown: upright, square pixels.", (row, slot) => slot.Set(row.Video.Width)),
        new("height", "INTEGER", "pixels", "Height of the video as shown.", (row, slot) => slot.Set(row.Video.Height)),
        new("time_base", "VARCHAR", "s, a fraction", "Length of one pts tick, e.g. 1/12800.", (row, slot) => slot.Set(row.Video.TimeBase.ToString())),
        new("zero_pts", "BIGINT", "time_base", "The pts that is second 0.", (row, slot) => slot.Set(row.Video.ZeroPts)),
        new("start_pts", "BIGINT", "time_base", "Presentation time of the first frame.", (row, slot) => slot.Set(row.Pts[0])),
        // One a frame; Parquet's dictionary and run lengths make next to nothing of a constant rate.
        new("frame_ticks", "BIGINT[]", "time_base", "From each frame to the next, the last one's to the frame after it: start_pts and their running sum are the pts of every frame.", (row, slot) => slot.Set(PtsTicks.Of(row.Pts))),
        new("lpips_frames", "INTEGER[]", "frame", "Its frames on the video's grid of coherence.per_second; null when coherence was not measured.", (row, slot) => slot.Set(row.Samples?.Frames)),
        new("lpips_distances", "DOUBLE[]", "LPIPS", "Perceptual distance of each of these from the grid frame before it in the video, be it in an earlier segment; 0 for the video's first.", (row, slot) => slot.Set(row.Samples?.Distances)),
        new("damaged_frames", "INTEGER[]", "frame", "Its frames at which the decoder met damage, in the picture or in packets lost before it.", (row, slot) => slot.Set(row.Damaged)),
    ];

    internal static ShardTable<SegmentRow> Table { get; } = new(
        "segments", All,
        (a, b) => string.CompareOrdinal(a.VideoId, b.VideoId) is var order and not 0 ? order : a.Segment.Index.CompareTo(b.Segment.Index),
        row => new()
        {
            VideoId = row[0].AsText,
            Source = row[1].AsText,
            Segment = new(row[2].AsInt, row[3].AsInt, row[4].AsInt),
            StartSeconds = row[5].AsDouble,
            EndSeconds = row[6].AsDouble,
            Probes = new(row[7].AsInt, row[8].AsInt),
            FirstFeature = row[9].ListOrNull<float>(),
            LastFeature = row[10].ListOrNull<float>(),
            ClipId = row[12].TextOrNull,
            Reason = row[13].TextOrNull,
            Value = row[14].DoubleOrNull,
            Detail = row[15].TextOrNull,
            Video = new(row[16].AsDouble, row[17].AsInt, row[18].AsInt, ClipColumns.ReadTimeBase(row[19].AsText), row[20].AsLong),
            Pts = PtsTicks.ToPts(row[21].AsLong, row[22].ListOrNull<long>() ?? []),
            Samples = row[23].ListOrNull<int>() is { } frames && row[24].ListOrNull<double>() is { } distances ? new(frames, distances) : null,
            Damaged = row[25].ListOrNull<int>() ?? [],
        });
}
