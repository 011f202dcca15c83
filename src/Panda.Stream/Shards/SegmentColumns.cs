namespace Panda.Stream.Shards;

/// <summary>The columns of <c>segments/</c>.</summary>
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
            FirstFeature = row[9].FloatsOrNull,
            LastFeature = row[10].FloatsOrNull,
            ClipId = row[12].TextOrNull,
            Reason = row[13].TextOrNull,
            Value = row[14].DoubleOrNull,
            Detail = row[15].TextOrNull,
        });
}
