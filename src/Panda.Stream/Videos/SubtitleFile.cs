using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Panda.Stream.Videos;

/// <summary>SubRip (.srt) and WebVTT (.vtt): blocks between blank lines, each with a line "start --> end" and text below it.</summary>
internal static partial class SubtitleFile
{
    // Cues that follow each other without a gap may repeat lines, as rolling captions do.
    private const double RollingGapSeconds = 0.05;

    internal static IReadOnlyList<SubtitleLine> ReadSrt(byte[] file, Action<int, string> warn) =>
        Read(TextLines(file, warn).Select(line => string.IsNullOrWhiteSpace(line) ? "" : line), warn);

    internal static IReadOnlyList<SubtitleLine> ReadVtt(byte[] file, Action<int, string> warn)
    {
        var lines = TextLines(file, warn);
        if (!lines[0].StartsWith("WEBVTT", StringComparison.Ordinal))
            warn(1, $"found '{Shortened(lines[0])}', expected WEBVTT");
        return Read(lines, warn);
    }

    /// <summary>Seconds of "HH:MM:SS.mmm", "MM:SS.mmm" or "SS.mmm"; a comma does for the point.</summary>
    internal static bool TryParseTime(string text, out double seconds)
    {
        var match = Time.Match(text.Trim());
        seconds = match.Success
            ? 3600 * Number(match.Groups[1]) + 60 * Number(match.Groups[2]) + double.Parse(match.Groups[3].Value.Replace(',', '.'))
            : 0;
        return match.Success;
    }

    /// <summary>Text without markup, entities and superfluous blanks.</summary>
    internal static string CleanText(string text) =>
        Blanks.Replace(WebUtility.HtmlDecode(Markup.Replace(SidecarLimits.Cut(text, SidecarLimits.Line), "")), " ").Trim();

    private static List<SubtitleLine> Read(IEnumerable<string> lines, Action<int, string> warn)
    {
        var cues = new List<Cue>();
        foreach (var (first, block) in Blocks(lines))
        {
            if (block[0].StartsWith("WEBVTT", StringComparison.Ordinal) || BlocksWithoutCue.IsMatch(block[0]))
                continue;
            // A number or a name may stand above the times.
            var at = block.FindIndex(0, Math.Min(2, block.Count), line => line.Contains("-->", StringComparison.Ordinal));
            if (at < 0)
                warn(first, $"found '{Shortened(block[0])}', expected 'start --> end'");
            else if (block[at].Split("-->") is not [var from, var to] || !TryParseTime(from, out var start) || !TryParseTime(WithoutSettings(to), out var end))
                warn(first + at, $"found '{Shortened(block[at])}', expected times as HH:MM:SS.mmm --> HH:MM:SS.mmm");
            else if (end < start)
                warn(first + at, $"found '{Shortened(block[at])}', expected an end after the start");
            else
                cues.Add(new Cue(start, end, [.. block.Skip(at + 1).Take(SidecarLimits.LinesOfCue).Select(CleanText).Where(line => line.Length > 0)]));
            if (cues.Count == SidecarLimits.Subtitles)
            {
                warn(first, $"found {cues.Count} subtitles down to here, expected no more; the rest is left out");
                break;
            }
        }
        if (cues.Count == 0)
            warn(1, "found no subtitle, expected at least one");
        return Unrolled(cues.OrderBy(cue => cue.Start));
    }

    /// <summary>
    /// Removes what rolling captions (yt-dlp's automatic ones) say twice: each cue there repeats the lines of the one before and adds one.
    /// </summary>
    private static List<SubtitleLine> Unrolled(IEnumerable<Cue> cues)
    {
        var lines = new List<SubtitleLine>();
        var before = new Cue(0, double.NegativeInfinity, []);
        foreach (var cue in cues.Where(cue => cue.Lines.Count > 0))
        {
            var repeated = cue.Start <= before.End + RollingGapSeconds ? Overlap(before.Lines, cue.Lines) : 0;
            if (repeated < cue.Lines.Count)
                lines.Add(new SubtitleLine(cue.Start, cue.End, string.Join(' ', cue.Lines.Skip(repeated))));
            else
                lines[^1] = lines[^1] with { End = Math.Max(lines[^1].End, cue.End) };
            before = cue;
        }
        return lines;
    }

    /// <summary>How many lines at the end of one cue open the next.</summary>
    private static int Overlap(List<string> before, List<string> after)
    {
        var count = Math.Min(before.Count, after.Count);
        while (count > 0 && !before.TakeLast(count).SequenceEqual(after.Take(count)))
            count--;
        return count;
    }

    private static IEnumerable<(int FirstLine, List<string> Lines)> Blocks(IEnumerable<string> lines)
    {
        var block = new List<string>();
        var number = 0;
        foreach (var line in lines.Append(""))
        {
            number++;
            if (line.Length > 0)
                block.Add(line);
            else if (block.Count > 0)
            {
                yield return (number - block.Count, block);
                block = [];
            }
        }
    }

    private static string[] TextLines(byte[] file, Action<int, string> warn)
    {
        using var reader = new StreamReader(new MemoryStream(file), new UTF8Encoding(false, throwOnInvalidBytes: true));
        string text;
        try
        {
            text = reader.ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            warn(1, "found bytes that are not UTF-8, read as Latin-1");
            text = Encoding.Latin1.GetString(file);
        }
        return text.ReplaceLineEndings("\n").Split('\n');
    }

    private static string WithoutSettings(string end) => end.TrimStart().Split(' ', '\t')[0];

    private static int Number(Group group) => group.Success ? int.Parse(group.Value) : 0;

    internal static string Shortened(string line) => line.Length <= 60 ? line : line[..60] + "...";

    private sealed record Cue(double Start, double End, List<string> Lines);

    [GeneratedRegex(@"^(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,9}(?:[.,]\d{1,9})?)$")]
    private static partial Regex Time { get; }

    // WebVTT's and SubRip's <tags>, among them the times of single words, and the {\an8} of SubStation Alpha.
    [GeneratedRegex(@"</?[A-Za-z0-9][^>]*>|\{\\[^}]*\}")]
    private static partial Regex Markup { get; }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks { get; }

    [GeneratedRegex(@"^(NOTE|STYLE|REGION)(\s|$)")]
    private static partial Regex BlocksWithoutCue { get; }
}
