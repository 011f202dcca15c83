namespace Panda.Stream.Models.Tokenizers;

/// <summary>What becomes of the places that text is cut at.</summary>
internal enum CutBehaviour
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

internal static class Cutting
{
    /// <summary>The pieces of a text, none empty.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="pattern">Finds the places to cut at.</param>
    /// <param name="behaviour">What becomes of the places found.</param>
    /// <param name="invert">Whether the places are those that the pattern does not find.</param>
    internal static IEnumerable<string> Cut(string text, TextPattern pattern, CutBehaviour behaviour, bool invert = false)
    {
        var spans = Spans(text, pattern(text), invert);
        return (behaviour switch
        {
            CutBehaviour.Removed => spans.Where(span => !span.Found),
            CutBehaviour.Isolated => spans,
            CutBehaviour.Contiguous => Merge(spans, (last, span) => last.Found == span.Found),
            CutBehaviour.MergedWithPrevious => Merge(spans, (last, span) => !last.Found && span.Found),
            _ => Merge(spans, (last, span) => last.Found && !span.Found),
        }).Select(span => text[span.Start..span.End]);
    }

    private static List<Span> Spans(string text, IReadOnlyList<(int Start, int End)> found, bool invert)
    {
        var spans = new List<Span>(2 * found.Count + 1);
        var last = 0;
        foreach (var (start, end) in found)
        {
            if (start > last)
                spans.Add(new(last, start, invert));
            spans.Add(new(start, end, !invert));
            last = end;
        }
        if (last < text.Length)
            spans.Add(new(last, text.Length, invert));
        return spans;
    }

    /// <summary>Joins a span to the one before it where told; a joined span counts as its last part.</summary>
    private static List<Span> Merge(List<Span> spans, Func<Span, Span, bool> joined)
    {
        var result = new List<Span>(spans.Count);
        foreach (var span in spans)
        {
            if (result.Count > 0 && joined(result[^1], span))
                result[^1] = span with { Start = result[^1].Start };
            else
                result.Add(span);
        }
        return result;
    }

    private readonly record struct Span(int Start, int End, bool Found);
}
