namespace Panda.Stream.Measures;

/// <summary>
/// ROUGE-L (Lin, 2004): the F measure, with beta 1.2, of the longest common subsequence over the length of the candidate (precision)
/// and of the reference (recall). Of several references the best precision and the best recall count, be they of two, as in the COCO
/// evaluation; Lin takes the best F. With one reference both say the same. A corpus has the mean of its segments.
/// </summary>
internal static class RougeL
{
    private const double Beta = 1.2;

    internal static double Of(IReadOnlyList<string> candidate, IReadOnlyList<IReadOnlyList<string>> references)
    {
        double precision = 0, recall = 0;
        foreach (var reference in references)
        {
            var common = (double)CommonSubsequence(candidate, reference);
            if (common == 0)
                continue;
            precision = Math.Max(precision, common / candidate.Count);
            recall = Math.Max(recall, common / reference.Count);
        }
        return precision == 0 ? 0 : (1 + Beta * Beta) * precision * recall / (recall + Beta * Beta * precision);
    }

    /// <summary>Length of the longest sequence of words that stands in both, in order, not needfully side by side.</summary>
    private static int CommonSubsequence(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        var row = new int[b.Count + 1];
        foreach (var word in a)
        {
            var diagonal = 0;
            for (var j = 1; j <= b.Count; j++)
                (diagonal, row[j]) = (row[j], word == b[j - 1] ? diagonal + 1 : Math.Max(row[j], row[j - 1]));
        }
        return row[^1];
    }
}
