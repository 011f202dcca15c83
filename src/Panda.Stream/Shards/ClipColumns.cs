using System.Globalization;
using Panda.Stream.Native;

namespace Panda.Stream.Shards;

/// <summary>The columns of <c>clips/</c>.</summary>
internal static class ClipColumns
{
    internal static ClipRow Row(Columns<ClipRow> columns) => new()
    {
        ClipId = columns.Text("clip_id", "", "Identity of the clip: its video's and its number there.", row => row.ClipId),
        VideoId = columns.Text("video_id", "", "Identity of the video, unique in a run.", row => row.VideoId),
        Source = columns.Text("source", "path", "The file that was read.", row => row.Source),
        StartFrame = columns.Value<int>("start_frame", "frame", "First frame, counted from 0 among the decoded frames.", row => row.StartFrame),
        EndFrame = columns.Value<int>("end_frame", "frame", "The frame after the last.", row => row.EndFrame),
        StartSeconds = columns.Value<double>("start_s", "s", "Time of the first frame, from its pts.", row => row.StartSeconds),
        EndSeconds = columns.Value<double>("end_s", "s", "Time at which the last frame ends.", row => row.EndSeconds),
        StartPts = columns.Value<long>("start_pts", "time_base", "Presentation time of the first frame.", row => row.StartPts),
        EndPts = columns.Value<long>("end_pts", "time_base", "Presentation time at which the last frame ends.", row => row.EndPts),
        TimeBase = columns.Parsed("time_base", "s, a fraction", "Length of one pts tick, e.g. 1/12800.", row => row.TimeBase.ToString(), ReadTimeBase),
        Timestamp = columns.Text("timestamp", "H:MM:SS.mmm", "Start and end in the form of the Panda-70M dataset.", row => row.Timestamp),
        Fps = columns.Value<double>("fps", "frames/s", "The video's average frame rate.", row => row.Fps),
        Width = columns.Value<int>("width", "pixels", "Width of the video as shown: upright, square pixels.", row => row.Width),
        Height = columns.Value<int>("height", "pixels", "Height of the video as shown.", row => row.Height),
        Caption = columns.TextOrNull("caption", "", "The chosen candidate's caption.", row => row.Caption),
        CaptionTeacher = columns.TextOrNull("caption_teacher", "", "The teacher that proposed it.", row => row.CaptionTeacher),
        MatchingScore = columns.ValueOrNull<float>("matching_score", "", "How well the matcher finds the caption to fit the clip: by its card's score.expression 0..1 (itm_softmax, mixed), -1..1 (itc) or any number (itm_logit).", row => row.MatchingScore),
        Candidates = columns.StructsOrNull("candidates", "", "Every teacher's caption with its score, or the error in its place; `asked` is false where the teacher had been given up.", row => row.Candidates, CandidateColumns.Row) ?? [],
        Title = columns.Text("title", "", "The video's title; empty when unknown.", row => row.Title),
        Description = columns.Text("description", "", "The video's description; empty when unknown.", row => row.Description),
        Subtitles = columns.Text("subtitles", "", "The subtitle lines that overlap the clip, joined by a blank.", row => row.Subtitles),
        InsideDistance = columns.Value<double>("inside_distance", "L2", "Largest distance between the two probe frames of one of its segments.", row => row.InsideDistance),
        MotionDistance = columns.Value<double>("motion_distance", "L2", "Distance between its first and its last probe frame.", row => row.MotionDistance),
        MaxRunningLpips = columns.ValueOrNull<double>("max_running_lpips", "LPIPS", "Largest perceptual distance between neighbouring frames of the video's grid of coherence.per_second in it: low is coherent. Null when not measured or fewer than two such frames lie in it.", row => row.MaxRunningLpips),
        DamagedFrames = columns.Value<int>("damaged_frames", "frames", "Frames of it at which the decoder met damage, in the picture or in packets lost before it; 0 for a sound clip.", row => row.DamagedFrames),
        Models = new(
            columns.Text("embedder", "", "The model that embedded the probe frames.", row => row.Models.Embedder),
            columns.Text("matcher", "", "The model that scored the candidates.", row => row.Models.Matcher),
            columns.Texts("teachers", "", "The models that proposed captions.", row => row.Models.Teachers)),
        NamesReplaced = columns.Value<int>("names_replaced", "names", "Names of persons in the caption that were replaced by \"person\".", row => row.NamesReplaced),
    };

    internal static int ByIdentity(ClipRow a, ClipRow b)
    {
        var order = string.CompareOrdinal(a.VideoId, b.VideoId);
        if (order == 0)
            order = a.StartFrame.CompareTo(b.StartFrame);
        return order != 0 ? order : string.CompareOrdinal(a.ClipId, b.ClipId);
    }

    internal static Rational ReadTimeBase(string text)
    {
        var parts = text.Split('/');
        if (parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var numerator)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var denominator))
            return new(numerator, denominator);
        throw new InvalidDataException($"time_base: found '{text}', expected a fraction such as 1/12800");
    }
}
