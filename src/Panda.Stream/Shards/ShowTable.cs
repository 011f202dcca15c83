using System.Globalization;
using Panda.Stream.Splitting;

namespace Panda.Stream.Shards;

/// <summary>Clips as text for a terminal: a line of facts each, and under it the caption, wrapped.</summary>
public static class ShowTable
{
    private const int Indent = 4, NarrowestText = 16;

    /// <param name="clips">The rows to show.</param>
    /// <param name="width">Cells in a line.</param>
    /// <param name="candidates">Also show what every teacher proposed, best score first.</param>
    public static void Write(TextWriter output, IReadOnlyList<ClipRow> clips, int width, bool candidates = false)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(clips);
        var facts = clips.Select(Facts).ToList();
        var widths = Enumerable.Range(0, 3).Select(i => facts.Select(row => TerminalText.Width(row[i])).DefaultIfEmpty(0).Max()).ToArray();
        for (var i = 0; i < clips.Count; i++)
        {
            // The last fact, the teacher, needs no padding.
            var line = string.Join("  ", facts[i].Select((fact, column) => column < widths.Length ? Pad(fact, widths[column]) : fact));
            WriteWrapped(output, "", 0, TerminalText.Width(line) <= width ? [line] : TerminalText.Wrap(line, width));
            WriteText(output, "", clips[i].Caption ?? "(no caption)", width);
            if (candidates)
                WriteCandidates(output, clips[i], width);
        }
    }

    private static string[] Facts(ClipRow clip) =>
    [
        TerminalText.Harmless(clip.ClipId),
        $"{Clock(clip.StartSeconds)} - {Clock(clip.EndSeconds)}",
        Score(clip.MatchingScore),
        TerminalText.Harmless(clip.CaptionTeacher ?? "-"),
    ];

    private static void WriteCandidates(TextWriter output, ClipRow clip, int width)
    {
        var names = clip.Candidates.Select(candidate => TerminalText.Width(TerminalText.Harmless(candidate.Teacher))).DefaultIfEmpty(0).Max();
        foreach (var candidate in clip.Candidates.OrderByDescending(candidate => candidate.Score ?? float.NegativeInfinity))
        {
            var mark = candidate.Teacher == clip.CaptionTeacher ? "*" : " ";
            var lead = $"{mark} {Score(candidate.Score)}  {Pad(TerminalText.Harmless(candidate.Teacher), names)}  ";
            WriteText(output, lead, candidate.Error is { } error ? $"(error: {error})" : candidate.Caption, width);
        }
    }

    private static void WriteText(TextWriter output, string lead, string text, int width)
    {
        var room = Math.Max(NarrowestText, width - Indent - TerminalText.Width(lead));
        WriteWrapped(output, lead, Indent, TerminalText.Wrap(TerminalText.Harmless(text), room));
    }

    private static void WriteWrapped(TextWriter output, string lead, int indent, IEnumerable<string> lines)
    {
        foreach (var line in lines.DefaultIfEmpty(""))
        {
            output.WriteLine($"{new string(' ', indent)}{lead}{line}".TrimEnd());
            lead = new string(' ', TerminalText.Width(lead));
        }
    }

    private static string Pad(string text, int width) => text + new string(' ', Math.Max(0, width - TerminalText.Width(text)));

    private static string Score(float? score) => score is { } known
        ? known.ToString(Math.Abs(known) < 100 ? "0.000" : "G3", CultureInfo.InvariantCulture)
        : "  -  ";

    private static string Clock(double seconds) =>
        seconds is >= 0 and < 1e9 ? TimeText.OfSeconds(seconds) : seconds.ToString("0.000", CultureInfo.InvariantCulture);
}
