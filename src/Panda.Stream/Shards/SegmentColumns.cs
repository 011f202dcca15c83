using Panda.Stream.Splitting;

namespace Panda.Stream.Shards;

/// <summary>The columns of <c>segments/</c>: all that stage 2 needs to make clips again under other thresholds, with exact times and coherence, without the video.</summary>
internal static class SegmentColumns
{
    internal static SegmentRow Row(Columns<SegmentRow> columns) => new()
    {
        VideoId = columns.Text("video_id", "", "Identity of the video.", row => row.VideoId),
        Source = columns.Text("source", "path", "The file that was read.", row => row.Source),
        Segment = new(
            columns.Value<int>("segment", "", "Number of the segment in its video, from 0.", row => row.Segment.Index),
            columns.Value<int>("start_frame", "frame", "First frame, counted from 0 among the decoded frames.", row => row.Segment.Start),
            columns.Value<int>("end_frame", "frame", "The frame after the last.", row => row.Segment.End)),
        StartSeconds = columns.Value<double>("start_s", "s", "Time of the first frame, from its pts.", row => row.StartSeconds),
        EndSeconds = columns.Value<double>("end_s", "s", "Time at which the last frame ends.", row => row.EndSeconds),
        Probes = new(
            columns.Value<int>("first_probe", "frame", "The embedded frame near its start.", row => row.Probes.First),
            columns.Value<int>("last_probe", "frame", "The embedded frame near its end.", row => row.Probes.Last)),
        FirstFeature = columns.ListOrNull<float>("first_feature", "unit length", "Embedding of first_probe; null when it could not be made.", row => row.FirstFeature),
        LastFeature = columns.ListOrNull<float>("last_feature", "unit length", "Embedding of last_probe; null when it could not be made.", row => row.LastFeature),
        ClipId = columns.Derived("outcome", "clip, dropped", "What became of it.", row => row.ClipId is null ? "dropped" : "clip")
            .TextOrNull("clip_id", "", "The clip that holds it; null when dropped.", row => row.ClipId),
        Reason = columns.TextOrNull("reason", "", "Why it was dropped; null when in a clip.", row => row.Reason),
        Value = columns.ValueOrNull<double>("value", "L2 or s", "The figure that the reason compares with its threshold.", row => row.Value),
        Detail = columns.TextOrNull("detail", "", "The reason in words: figure and threshold, or why a probe frame failed.", row => row.Detail),
        Video = new(
            columns.Value<double>("fps", "frames/s", "The video's average frame rate.", row => row.Video.Fps),
            columns.Value<int>("width", "pixels", "Width of the video as shown: upright, square pixels.", row => row.Video.Width),
            columns.Value<int>("height", "pixels", "Height of the video as shown.", row => row.Video.Height),
            columns.Parsed("time_base", "s, a fraction", "Length of one pts tick, e.g. 1/12800.", row => row.Video.TimeBase.ToString(), ClipColumns.ReadTimeBase),
            columns.Value<long>("zero_pts", "time_base", "The pts that is second 0.", row => row.Video.ZeroPts)),
        Pts = PtsTicks.ToPts(
            columns.Value<long>("start_pts", "time_base", "Presentation time of the first frame.", row => row.Pts[0]),
            // One a frame; next to nothing is left of a constant rate when it is compressed.
            columns.ListOrNull<long>("frame_ticks", "time_base", "From each frame to the next, the last one's to the frame after it: start_pts and their running sum are the pts of every frame.", row => PtsTicks.Of(row.Pts)) ?? []),
        Samples = SamplesOf(
            columns.ListOrNull<int>("lpips_frames", "frame", "Its frames on the video's grid of coherence.per_second; null when coherence was not measured.", row => row.Samples?.Frames),
            columns.ListOrNull<double>("lpips_distances", "LPIPS", "Perceptual distance of each of these from the grid frame before it in the video, be it in an earlier segment; 0 for the video's first.", row => row.Samples?.Distances)),
        Damaged = columns.ListOrNull<int>("damaged_frames", "frame", "Its frames at which the decoder met damage, in the picture or in packets lost before it.", row => row.Damaged) ?? [],
    };

    internal static int ByIdentity(SegmentRow a, SegmentRow b) =>
        string.CompareOrdinal(a.VideoId, b.VideoId) is var order and not 0 ? order : a.Segment.Index.CompareTo(b.Segment.Index);

    private static CoherenceSamples? SamplesOf(int[]? frames, double[]? distances) =>
        frames is not null && distances is not null ? new(frames, distances) : null;
}
