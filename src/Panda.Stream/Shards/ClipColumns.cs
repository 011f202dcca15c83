using System.Globalization;
using Panda.Stream.Native;
using Panda.Stream.Native.DuckDb;

namespace Panda.Stream.Shards;

/// <summary>The columns of <c>clips/</c>.</summary>
internal static class ClipColumns
{
    internal static IReadOnlyList<Column<ClipRow>> All { get; } =
    [
        new("clip_id", "VARCHAR", "", "Identity of the clip: its video's and its number there.", (row, slot) => slot.Set(row.ClipId)),
        new("video_id", "VARCHAR", "", "Identity of the video, unique in a run.", (row, slot) => slot.Set(row.VideoId)),
        new("source", "VARCHAR", "path", "The file that was read.", (row, slot) => slot.Set(row.Source)),
        new("start_frame", "INTEGER", "frame", "First frame, counted from 0 among the decoded frames.", (row, slot) => slot.Set(row.StartFrame)),
        new("end_frame", "INTEGER", "frame", "The frame after the last.", (row, slot) => slot.Set(row.EndFrame)),
        new("start_s", "DOUBLE", "s", "Time of the first frame, from its pts.", (row, slot) => slot.Set(row.StartSeconds)),
        new("end_s", "DOUBLE", "s", "Time at which the last frame ends.", (row, slot) => slot.Set(row.EndSeconds)),
        new("start_pts", "BIGINT", "time_base", "Presentation time of the first frame.", (row, slot) => slot.Set(row.StartPts)),
        new("end_pts", "BIGINT", "time_base", "Presentation time at which the last frame ends.", (row, slot) => slot.Set(row.EndPts)),
        new("time_base", "VARCHAR", "s, a fraction", "Length of one pts tick, e.g. 1/12800.", (row, slot) => slot.Set(row.TimeBase.ToString())),
        new("timestamp", "VARCHAR", "H:MM:SS.mmm", "Start and end in the form of the Panda-70M dataset.", (row, slot) => slot.Set(row.Timestamp)),
        new("fps", "DOUBLE", "frames/s", "The video's average frame rate.", (row, slot) => slot.Set(row.Fps)),
        new("width", "INTEGER", "pixels", "Width of the video as shown: upright, square pixels.", (row, slot) => slot.Set(row.Width)),
        new("height", "INTEGER", "pixels", "Height of the video as shown.", (row, slot) => slot.Set(row.Height)),
        new("caption", "VARCHAR", "", "The chosen candidate's caption.", (row, slot) => slot.Set(row.Caption)),
        new("caption_teacher", "VARCHAR", "", "The teacher that proposed it.", (row, slot) => slot.Set(row.CaptionTeacher)),
        new("matching_score", "FLOAT", "", "How well the matcher finds the caption to fit the clip: by its card's score.expression 0..1 (itm_softmax, mixed), -1..1 (itc) or any number (itm_logit).", (row, slot) => slot.Set(row.MatchingScore)),
        new("candidates", CandidateList.SqlType, "", CandidateList.Meaning, (row, slot) => CandidateList.Write(row.Candidates, slot)),
        new("title", "VARCHAR", "", "The video's title; empty when unknown.", (row, slot) => slot.Set(row.Title)),
        new("description", "VARCHAR", "", "The video's description; empty when unknown.", (row, slot) => slot.Set(row.Description)),
        new("subtitles", "VARCHAR", "", "The subtitle lines that overlap the clip, joined by a blank.", (row, slot) => slot.Set(row.Subtitles)),
        new("inside_distance", "DOUBLE", "L2", "Largest distance between the two probe frames of one of its segments.", (row, slot) => slot.Set(row.InsideDistance)),
        new("motion_distance", "DOUBLE", "L2", "Distance between its first and its last probe frame.", (row, slot) => slot.Set(row.MotionDistance)),
        new("max_running_lpips", "DOUBLE", "LPIPS", "Largest perceptual distance between neighbouring frames of the video's grid of coherence.per_second in it: low is coherent. Null when not measured or fewer than two such frames lie in it.", (row, slot) => slot.Set(row.MaxRunningLpips)),
        new("damaged_frames", "INTEGER", "frames", "Frames of it at which the decoder met damage, in the picture or in packets lost before it; 0 for a sound clip.", (row, slot) => slot.Set(row.DamagedFrames)),
        new("embedder", "VARCHAR", "", "The model that embedded the probe frames.", (row, slot) => slot.Set(row.Models.Embedder)),
        new("matcher", "VARCHAR", "", "The model that scored the candidates.", (row, slot) => slot.Set(row.Models.Matcher)),
        new("teachers", "VARCHAR[]", "", "The models that proposed captions.", (row, slot) => slot.Set(row.Models.Teachers)),
        new("names_replaced", "INTEGER", "names", "Names of persons in the caption that were replaced by \"person\".", (row, slot) => slot.Set(row.NamesReplaced)),
    ];

    internal static ShardTable<ClipRow> Table { get; } = new("clips", All, ByIdentity, Read);

    internal static int ByIdentity(ClipRow a, ClipRow b)
    {
        var order = string.CompareOrdinal(a.VideoId, b.VideoId);
        if (order == 0)
            order = a.StartFrame.CompareTo(b.StartFrame);
        return order != 0 ? order : string.CompareOrdinal(a.ClipId, b.ClipId);
    }

    internal static ClipRow Read(DuckDbResult row) => new()
    {
        ClipId = row[0].AsText,
        VideoId = row[1].AsText,
        Source = row[2].AsText,
        StartFrame = row[3].AsInt,
        EndFrame = row[4].AsInt,
        StartSeconds = row[5].AsDouble,
        EndSeconds = row[6].AsDouble,
        StartPts = row[7].AsLong,
        EndPts = row[8].AsLong,
        TimeBase = ReadTimeBase(row[9].AsText),
        Timestamp = row[10].AsText,
        Fps = row[11].AsDouble,
        Width = row[12].AsInt,
        Height = row[13].AsInt,
        Caption = row[14].TextOrNull,
        CaptionTeacher = row[15].TextOrNull,
        MatchingScore = row[16].FloatOrNull,
        Candidates = CandidateList.Read(row[17]) ?? [],
        Title = row[18].AsText,
        Description = row[19].AsText,
        Subtitles = row[20].AsText,
        InsideDistance = row[21].AsDouble,
        MotionDistance = row[22].AsDouble,
        MaxRunningLpips = row[23].DoubleOrNull,
        DamagedFrames = row[24].AsInt,
        Models = new(row[25].AsText, row[26].AsText, row[27].Texts),
        NamesReplaced = row[28].AsInt,
    };

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
