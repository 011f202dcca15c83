using System.Globalization;
using System.Security;
using System.Text;

namespace Panda.Stream.Tuning.Charts;

/// <summary>Panels with a common x axis and a common legend, as SVG that needs nothing but a viewer.</summary>
/// <param name="places">The values along x; where they are not all numbers they stand evenly, as words.</param>
/// <param name="series">Names of the series; one alone needs none.</param>
internal sealed class LineChart(string title, string xTitle, IReadOnlyList<string> places, IReadOnlyList<string> series, IReadOnlyList<Panel> panels)
{
    private const int Columns = 2, PanelWidth = 430, PanelHeight = 250, Left = 56, Right = 14, Top = 30, Bottom = 44, Margin = 16;
    private const int LegendRow = 20, MostNames = 18;
    private const double LetterWidth = 6.4;     // of the 11-pixel face, on average

    // Okabe and Ito's colours, which the colour-blind tell apart; more series than these get a ramp.
    private static readonly string[] Palette = ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#000000", "#8C6D31"];

    private readonly StringBuilder _svg = new();

    public string ToSvg()
    {
        var legend = Legend().ToArray();
        var head = Margin + 24 + (legend.Length == 0 ? 0 : (legend[^1].Row + (legend.Length < series.Count ? 2 : 1)) * LegendRow + 6);
        var columns = Math.Min(Columns, panels.Count);
        var (width, height) = (2 * Margin + columns * PanelWidth, head + Margin + (panels.Count + columns - 1) / columns * PanelHeight);
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"11\" fill=\"#222\">");
        Add($"<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>");
        Text(Margin, Margin + 12, title, "font-size=\"15\" font-weight=\"bold\"");
        foreach (var (index, x, row) in legend)
        {
            var y = Margin + 34 + row * LegendRow;
            Add($"<line x1=\"{x:0.#}\" y1=\"{y - 4}\" x2=\"{x + 20:0.#}\" y2=\"{y - 4}\" stroke=\"{Colour(index)}\" stroke-width=\"2.5\"/>");
            Text(x + 25, y, series[index], "");
        }
        if (legend.Length > 0 && legend.Length < series.Count)
            Text(Margin, Margin + 34 + (legend[^1].Row + 1) * LegendRow, $"and {series.Count - legend.Length} more between them", "fill=\"#555\"");
        for (var i = 0; i < panels.Count; i++)
            Draw(panels[i], Margin + i % columns * PanelWidth, head + i / columns * PanelHeight);
        Add($"</svg>");
        return _svg.ToString();
    }

    private void Draw(Panel panel, double x, double y)
    {
        var (left, right, top, bottom) = (x + Left, x + PanelWidth - Right, y + Top, y + PanelHeight - Bottom);
        var values = panel.Lines.SelectMany(line => line.Values).OfType<double>().DefaultIfEmpty(0).ToArray();
        var up = new Scale(panel.FromZero ? Math.Min(0, values.Min()) : values.Min(), values.Max(), 5, widen: true, bottom, top);
        var along = Along(left, right);

        Text(left, top - 10, panel.Title, "font-size=\"12\" font-weight=\"bold\"");
        foreach (var (value, text) in up.Ticks)
        {
            Add($"<line x1=\"{left}\" y1=\"{up.Pixel(value):0.#}\" x2=\"{right}\" y2=\"{up.Pixel(value):0.#}\" stroke=\"#e4e4e4\"/>");
            Text(left - 6, up.Pixel(value) + 4, text, "text-anchor=\"end\"");
        }
        foreach (var (pixel, text) in along.Ticks)
        {
            Add($"<line x1=\"{pixel:0.#}\" y1=\"{bottom}\" x2=\"{pixel:0.#}\" y2=\"{bottom + 4}\" stroke=\"#555\"/>");
            Text(pixel, bottom + 16, text, "text-anchor=\"middle\"");
        }
        Add($"<path d=\"M{left} {top}V{bottom}H{right}\" fill=\"none\" stroke=\"#555\"/>");
        Text((left + right) / 2, bottom + 32, xTitle, "text-anchor=\"middle\" fill=\"#555\"");
        foreach (var line in panel.Lines)
            Draw(line, along.Pixels, up);
    }

    private void Draw(Line line, double[] pixels, Scale up)
    {
        var (path, pen) = (new StringBuilder(), 'M');
        for (var i = 0; i < pixels.Length; i++)
        {
            if (line.Values[i] is not { } value)
            {
                pen = 'M';
                continue;
            }
            path.Append(CultureInfo.InvariantCulture, $"{pen}{pixels[i]:0.#} {up.Pixel(value):0.#}");
            pen = 'L';
            if (pixels.Length <= 30 && !line.Dashed)
                Add($"<circle cx=\"{pixels[i]:0.#}\" cy=\"{up.Pixel(value):0.#}\" r=\"2.2\" fill=\"{Colour(line.Series)}\"/>");
        }
        if (path.Length > 0)
            Add($"<path d=\"{path}\" fill=\"none\" stroke=\"{Colour(line.Series)}\" stroke-width=\"{(line.Dashed ? 1 : 1.7)}\"{(line.Dashed ? " stroke-dasharray=\"4 3\"" : "")}/>");
    }

    private (double[] Pixels, IReadOnlyList<(double Pixel, string Text)> Ticks) Along(double left, double right)
    {
        var numbers = places.Select(place => double.TryParse(place, CultureInfo.InvariantCulture, out var number) ? number : double.NaN).ToArray();
        if (numbers.Any(double.IsNaN))
        {
            var even = places.Select((_, i) => left + (right - left) * (i + 0.5) / places.Count).ToArray();
            return (even, [.. even.Zip(places)]);
        }
        var scale = new Scale(numbers.Min(), numbers.Max(), 9, widen: false, left, right);
        return (Array.ConvertAll(numbers, scale.Pixel), [.. scale.Ticks.Select(tick => (scale.Pixel(tick.Value), tick.Text))]);
    }

    /// <summary>Where each named series stands; of very many only some are named, evenly.</summary>
    private IEnumerable<(int Series, double X, int Row)> Legend()
    {
        if (series.Count < 2)
            yield break;
        var names = Math.Min(series.Count, MostNames);
        var (x, row, end) = ((double)Margin, 0, Margin + Math.Min(Columns, panels.Count) * PanelWidth);
        for (var i = 0; i < names; i++)
        {
            var index = names == 1 ? 0 : i * (series.Count - 1) / (names - 1);
            var width = 25 + LetterWidth * series[index].Length + 16;
            if (x + width > end && x > Margin)
                (x, row) = (Margin, row + 1);
            yield return (index, x, row);
            x += width;
        }
    }

    private string Colour(int index)
    {
        if (series.Count <= Palette.Length)
            return Palette[index];
        // From blue over green to orange, lighter in the middle.
        var part = (double)index / (series.Count - 1);
        return string.Create(CultureInfo.InvariantCulture, $"hsl({230 - 200 * part:0},{70}%,{38 + 10 * Math.Sin(Math.PI * part):0}%)");
    }

    private void Text(double x, double y, string text, string style) =>
        Add($"<text x=\"{x:0.#}\" y=\"{y:0.#}\" {style}>{SecurityElement.Escape(text)}</text>");

    private void Add(FormattableString line) => _svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
