using System.Globalization;
using System.Text.RegularExpressions;
using Panda.Stream.Shards.Ledger;

namespace Panda.Stream.Shards;

/// <summary>What of a run's result lies in a folder.</summary>
internal sealed partial record ExistingResult(RunReport? Report, bool HasReport, IReadOnlyList<string> Shards)
{
    internal bool Any => HasReport || Shards.Count > 0;

    internal static ExistingResult In(string folder)
    {
        var hasReport = File.Exists(Path.Combine(folder, RunReport.FileName));
        RunReport? report = null;
        try
        {
            if (hasReport)
                report = RunReport.Load(folder);
        }
        catch (InvalidDataException)
        {
            // A report that cannot be read still marks a result, which must not be written over unasked.
        }
        return new(report, hasReport, [.. ShardTables.Folders.SelectMany(table => ShardsOf(folder, table))]);
    }

    /// <summary>The shards of one table in order; strangers' files of other names are not among them.</summary>
    internal static IEnumerable<string> ShardsOf(string folder, string table) => FilesOf(folder, table, ShardName());

    /// <summary>What runs that were killed left under temporary names.</summary>
    internal static IEnumerable<string> HalfWritten(string folder) =>
        ShardTables.Folders.SelectMany(table => FilesOf(folder, table, TemporaryName()));

    private static IEnumerable<string> FilesOf(string folder, string table, Regex name)
    {
        var path = Path.Combine(folder, table);
        if (!Directory.Exists(path))
            return [];
        return Directory.EnumerateFiles(path).Where(file => name.IsMatch(Path.GetFileName(file))).Order(StringComparer.Ordinal);
    }

    /// <summary>What of the result in a folder is still to come, in words; null when it is whole.</summary>
    internal static string? WhyUnfinished(string folder)
    {
        if (In(folder).Report is { Videos: var counts })
            return counts.Waiting == 0 ? null : Waiting(counts.Waiting, counts.In);
        if (!RunLedger.IsIn(folder))
            return "the result is unfinished: its run has not ended";
        var states = RunLedger.States(folder);
        return $"{Waiting(states.Count(state => state == VideoState.Waiting), states.Count)}, and rows of the others that fill no shard yet are not there";

        static string Waiting(int waiting, int videos) => $"the result is unfinished: {waiting} of {Plural.Of(videos, "video")} wait for the run to go on";
    }

    internal string Describe()
    {
        var shards = Plural.Of(Shards.Count, "shard");
        if (!HasReport)
            return $"{shards} of a run that did not end";
        return Report is null
            ? $"an unreadable {RunReport.FileName} and {shards}"
            : string.Create(CultureInfo.InvariantCulture,
                $"the result of the run that ended {Report.Finished:yyyy-MM-dd HH:mm} UTC ({Plural.Of(Report.Clips.Rows, "clip")} of {Plural.Of(Report.Videos.In, "video")}, pipeline {Report.PipelineHash})");
    }

    [GeneratedRegex(@"^part-\d{5,}\.parquet$", RegexOptions.CultureInvariant)]
    private static partial Regex ShardName();

    [GeneratedRegex(@"^\.part-\d{5,}\.parquet\.tmp$", RegexOptions.CultureInvariant)]
    private static partial Regex TemporaryName();
}
