namespace Panda.Stream.Shards;

/// <summary>The columns of <c>failed/</c>.</summary>
internal static class FailedColumns
{
    private static readonly IReadOnlyList<Column<FailedRow>> All =
    [
        new("kind", "VARCHAR", "video, clip", "What failed.", (row, slot) => slot.Set(row.Kind == FailedKind.Video ? "video" : "clip")),
        new("id", "VARCHAR", "", "Identity of the video or clip.", (row, slot) => slot.Set(row.Id)),
        new("source", "VARCHAR", "path", "The file that was read.", (row, slot) => slot.Set(row.Source)),
        new("stage", "VARCHAR", "", "The stage of the pipeline where it failed.", (row, slot) => slot.Set(row.Stage)),
        new("reason", "VARCHAR", "", "What was found and what was expected, in one line.", (row, slot) => slot.Set(row.Reason)),
        new("frames_reached", "INTEGER", "frames", "How many frames had been decoded; null when none was tried.", (row, slot) => slot.Set(row.FramesReached)),
        new("seconds_reached", "DOUBLE", "s", "Time of the last frame that had been decoded, or the end of the clip; null when there was none.", (row, slot) => slot.Set(row.SecondsReached)),
        new("detail", "VARCHAR", "", "More for whoever looks into it: of a clip where it lies in its video.", (row, slot) => slot.Set(row.Detail)),
        new("stack", "VARCHAR", "", "Where in the code it came to that; null where nothing was thrown.", (row, slot) => slot.Set(row.Stack)),
        new("reproduce", "VARCHAR", "shell", "The command that runs this input alone, with the same settings; null where no command made the result.", (row, slot) => slot.Set(row.Reproduce)),
        new("candidates", CandidateList.SqlType, "", "What the teachers had answered; null when it failed before them.", (row, slot) => CandidateList.Write(row.Candidates, slot)),
    ];

    internal static ShardTable<FailedRow> Table { get; } = new(
        "failed", All,
        (a, b) => string.CompareOrdinal(a.Id, b.Id) is var order and not 0 ? order : a.Kind.CompareTo(b.Kind),
        row => new()
        {
            Kind = row[0].AsText == "video" ? FailedKind.Video : FailedKind.Clip,
            Id = row[1].AsText,
            Source = row[2].AsText,
            Stage = row[3].AsText,
            Reason = row[4].AsText,
            FramesReached = row[5].IntOrNull,
            SecondsReached = row[6].DoubleOrNull,
            Detail = row[7].TextOrNull,
            Stack = row[8].TextOrNull,
            Reproduce = row[9].TextOrNull,
            Candidates = CandidateList.Read(row[10]),
        });
}
