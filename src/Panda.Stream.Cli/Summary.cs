using System.Globalization;
using Panda.Stream.Shards;

namespace Panda.Stream.Cli;

/// <summary>What a run tells at its end.</summary>
internal static class Summary
{
    private const int Examples = 5;

    public static void Write(TextWriter output, RunReport report, string folder)
    {
        var (videos, segments, clips) = (report.Videos, report.Segments, report.Clips);
        // What lacks is among the report's mismatches.
        var reader = ShardReader.Open(folder, _ => { });
        output.WriteLine($"""

            videos    {videos.In} in: {videos.Done} done, {videos.Failed} failed{(videos.Waiting > 0 ? $", {videos.Waiting} waiting: the same command again goes on with them" : "")}{(report.InputsIgnored > 0 ? $" ({Plural.Of(report.InputsIgnored, "other file")} there without a video's name)" : "")}
            segments  {segments.Total} in: {segments.InClips} in clips, {segments.Dropped} dropped{Reasons(segments.Drops)}
            clips     {clips.In} in: {Plural.Of(clips.Rows, "row")}, {clips.Filtered} filtered{Reasons(report.FilteredBy)}, {clips.Failed} failed
            """);
        if (clips.Rows == 0 && videos.Waiting == 0)
            output.WriteLine($"  no row: {WhyNone(clips)}");
        foreach (var failed in reader.Failed())
            output.WriteLine($"  failed {(failed.Kind == FailedKind.Clip ? $"clip {TerminalText.Harmless(failed.Id)}" : TerminalText.Harmless(failed.Source))}: {TerminalText.Harmless(failed.Reason)}");
        foreach (var (teacher, counts) in report.Teachers.Where(teacher => teacher.Value.NotAsked > 0))
            output.WriteLine($"  given up {TerminalText.Harmless(teacher)}: not asked about {counts.NotAsked} of {Plural.Of(counts.Candidates, "clip")}, since it had answered none before (caption.give_up_after); `panda retry` asks it again; its first error: {TerminalText.Harmless(FirstError(reader, teacher))}");
        foreach (var warning in report.Warnings)
            output.WriteLine($"  warning {TerminalText.Harmless(warning)}");

        foreach (var device in report.Devices.Where(device => device.Fault is not null))
            output.WriteLine($"  device {device.Name}: {TerminalText.Harmless(device.Fault!)}");

        if (clips.Rows > 0)
        {
            if (report.Captioned)
                output.WriteLine("chosen    " + string.Join(", ", report.Teachers.OrderByDescending(teacher => teacher.Value.Chosen).Select(teacher =>
                $"{teacher.Key} {teacher.Value.Chosen}")));
            if (report.NamesReplaced > 0)
                output.WriteLine($"names     {report.NamesReplaced} replaced by \"person\"");
            output.WriteLine("for example");
            foreach (var row in EvenlySpread([.. reader.Clips()]))
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"  {TerminalText.Harmless(row.ClipId)}  {row.StartSeconds:0.0}-{row.EndSeconds:0.0} s{(row.Caption is { } caption ? $"  {row.MatchingScore:0.00}  {TerminalText.Harmless(caption)}  ({row.CaptionTeacher})" : "")}"));
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{(report.Interrupted ? "stopped   " : "took      ")}{report.Seconds:0.0} s for {report.VideoSeconds:0.0} s of video: {report.ClipsPerSecond:0.00} clips per second, {report.VideoHoursPerHour:0.0} video hours per hour"));
        output.WriteLine($"shards    {folder}");
    }

    private static string WhyNone(ClipCounts clips) => clips switch
    {
        { In: 0 } => "no video gave a clip",
        { Failed: 0 } => "every clip was filtered",
        { Filtered: 0 } => "every clip failed",
        _ => "every clip was filtered or failed",
    };

    private static string FirstError(ShardReader reader, string teacher) => reader.Clips().Select(row => row.Candidates)
        .Concat(reader.Filtered().Select(row => row.Clip.Candidates)).Concat(reader.Failed().Select(row => row.Candidates ?? []))
        .SelectMany(candidates => candidates).FirstOrDefault(candidate => candidate.Teacher == teacher && candidate is { Error: not null, Asked: true })?.Error ?? "";

    private static string Reasons(IReadOnlyDictionary<string, int> reasons) =>
        reasons.Count == 0 ? "" : $" ({string.Join(", ", reasons.Select(reason => $"{reason.Key} {reason.Value}"))})";

    private static IEnumerable<ClipRow> EvenlySpread(List<ClipRow> rows) =>
        Enumerable.Range(0, Math.Min(Examples, rows.Count)).Select(i => rows[i * rows.Count / Math.Min(Examples, rows.Count)]);
}
