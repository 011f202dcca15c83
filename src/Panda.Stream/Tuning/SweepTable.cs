using System.Globalization;
using Panda.Stream.Splitting;

namespace Panda.Stream.Tuning;

/// <summary>A sweep as lines of cells, for a terminal or as CSV.</summary>
public static class SweepTable
{
    // Stage 2 stops nothing: only a run does.
    private static readonly DropReason[] Reasons = [.. Enum.GetValues<DropReason>().Where(reason => reason != DropReason.Stopped)];

    /// <summary>Columns aligned by blanks; reasons that never occur left out.</summary>
    public static void Write(TextWriter output, Sweep sweep)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(sweep);
        var reasons = Array.FindAll(Reasons, reason => sweep.Points.Any(point => point.Drops.ContainsKey(reason)));
        string[][] lines = [Header(sweep, reasons), .. sweep.Points.Select(point => Cells(point, reasons, exact: false))];
        var widths = Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
            output.WriteLine(string.Join("  ", line.Select((cell, column) => cell.PadLeft(widths[column]))));
    }

    /// <summary>Every column, comma-separated, each number as exactly as it is known.</summary>
    public static void WriteCsv(TextWriter output, Sweep sweep)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(sweep);
        output.WriteLine(string.Join(',', Header(sweep, Reasons)));
        foreach (var point in sweep.Points)
            output.WriteLine(string.Join(',', Cells(point, Reasons, exact: true)));
    }

    private static string[] Header(Sweep sweep, DropReason[] reasons) =>
    [
        .. sweep.Axes.Select(axis => axis.Key), "clips", "total_s", "mean_s", "p10_s", "p50_s", "p90_s", "max_running_lpips",
        .. reasons.Select(reason => reason.Name()), .. sweep.Points.Any(point => point.Borders is not null) ? ["borders_right", "borders"] : Array.Empty<string>(),
    ];

    private static string[] Cells(SweepPoint point, DropReason[] reasons, bool exact)
    {
        return
        [
            .. point.Values, Whole(point.Clips), Text(point.TotalSeconds, "0.0"), Text(point.MeanSeconds, "0.00"),
            Text(point.Quantile(0.1), "0.00"), Text(point.Quantile(0.5), "0.00"), Text(point.Quantile(0.9), "0.00"), Text(point.MaxRunningLpips, "0.0000"),
            .. reasons.Select(reason => Whole(point.Drops.GetValueOrDefault(reason))),
            .. point.Borders is { } borders ? [Whole(borders.Right), Whole(borders.Borders)] : Array.Empty<string>(),
        ];

        string Text(double? value, string rounded) => value?.ToString(exact ? "R" : rounded, CultureInfo.InvariantCulture) ?? "";
    }

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);
}
