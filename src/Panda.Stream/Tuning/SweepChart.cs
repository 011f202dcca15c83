using System.Globalization;
using Panda.Stream.Splitting;
using Panda.Stream.Tuning.Charts;

namespace Panda.Stream.Tuning;

/// <summary>A sweep as a picture: the first key along x, a line for every combination of the others, a panel for each figure.</summary>
public static class SweepChart
{
    /// <summary>The picture as SVG.</summary>
    public static string ToSvg(Sweep sweep, string title)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        var places = InOrder(sweep.Axes[0].Values);
        var lines = sweep.Points.GroupBy(point => Others(sweep, point)).Select(line => (line.Key, Points: line.ToDictionary(point => point.Values[0]))).ToArray();
        var panels = new List<Panel>
        {
            Panel("Clips kept", line => [Of(line, point => point.Clips)]),
            Panel("Mean length of a clip, s", line => [Of(line, point => point.MeanSeconds)]),
            Panel("Length, s: median, and 10 % and 90 % dashed", line =>
                [Of(line, point => point.Quantile(0.5)), Of(line, point => point.Quantile(0.1)) with { Dashed = true }, Of(line, point => point.Quantile(0.9)) with { Dashed = true }]),
        };
        if (sweep.Points.Any(point => point.MaxRunningLpips is not null))
            panels.Add(Panel("Mean Max Running LPIPS (low is coherent)", line => [Of(line, point => point.MaxRunningLpips)], fromZero: false));
        if (sweep.Points.Any(point => point.Borders is not null))
            panels.Add(Panel("Borders decided right, %", line => [Of(line, point => 100.0 * point.Borders?.Right / point.Borders?.Borders)], fromZero: false));
        foreach (var reason in Enum.GetValues<DropReason>().Where(reason => sweep.Points.Any(point => point.Drops.ContainsKey(reason))))
            panels.Add(Panel($"Segments dropped: {reason.Name()}", line => [Of(line, point => point.Drops.GetValueOrDefault(reason))]));
        return new LineChart(title, sweep.Axes[0].Key, places, [.. lines.Select(line => line.Key)], panels).ToSvg();

        Panel Panel(string name, Func<Dictionary<string, SweepPoint>, IEnumerable<Line>> draw, bool fromZero = true) =>
            new(name, [.. lines.SelectMany((line, series) => draw(line.Points).Select(drawn => drawn with { Series = series }))], fromZero);

        // A place whose combination cannot be is a gap.
        Line Of(Dictionary<string, SweepPoint> points, Func<SweepPoint, double?> value) => new(0, [.. places.Select(place => points.TryGetValue(place, out var point) ? value(point) : null)]);
    }

    private static string Others(Sweep sweep, SweepPoint point) => string.Join(", ", sweep.Axes.Zip(point.Values).Skip(1)
        .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.First.Key["split.".Length..]} {pair.Second}")));

    // Numbers by size, as the axis has them; words as they were given.
    private static IReadOnlyList<string> InOrder(IReadOnlyList<string> values) =>
        values.All(value => decimal.TryParse(value, CultureInfo.InvariantCulture, out _)) ? [.. values.OrderBy(value => decimal.Parse(value, CultureInfo.InvariantCulture))] : values;
}
