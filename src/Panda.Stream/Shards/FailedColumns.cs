namespace Panda.Stream.Shards;

/// <summary>The columns of <c>failed/</c>.</summary>
internal static class FailedColumns
{
    internal static FailedRow Row(Columns<FailedRow> columns) => new()
    {
        Kind = columns.Parsed("kind", "video, clip", "What failed.", row => row.Kind == FailedKind.Video ? "video" : "clip",
            text => text == "video" ? FailedKind.Video : FailedKind.Clip),
        Id = columns.Text("id", "", "Identity of the video or clip.", row => row.Id),
        Source = columns.Text("source", "path", "The file that was read.", row => row.Source),
        Stage = columns.Text("stage", "", "The stage of the pipeline where it failed.", row => row.Stage),
        Reason = columns.Text("reason", "", "What was found and what was expected, in one line.", row => row.Reason),
        FramesReached = columns.ValueOrNull<int>("frames_reached", "frames", "How many frames had been decoded; null when none was tried.", row => row.FramesReached),
        SecondsReached = columns.ValueOrNull<double>("seconds_reached", "s", "Time of the last frame that had been decoded, or the end of the clip; null when there was none.", row => row.SecondsReached),
        Detail = columns.TextOrNull("detail", "", "More for whoever looks into it: of a clip where it lies in its video.", row => row.Detail),
        Stack = columns.TextOrNull("stack", "", "Where in the code it came to that; null where nothing was thrown.", row => row.Stack),
        Reproduce = columns.TextOrNull("reproduce", "shell", "The command that runs this input alone, with the same settings; null where no command made the result.", row => row.Reproduce),
        Candidates = columns.StructsOrNull("candidates", "", "What the teachers had answered; null when it failed before them.", row => row.Candidates, CandidateColumns.Row),
    };

    internal static int ByIdentity(FailedRow a, FailedRow b) => string.CompareOrdinal(a.Id, b.Id) is var order and not 0 ? order : a.Kind.CompareTo(b.Kind);
}
