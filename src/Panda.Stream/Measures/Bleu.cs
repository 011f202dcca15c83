namespace Panda.Stream.Measures;

/// <summary>
/// BLEU-4 (Papineni and others, ACL 2002): the geometric mean of the clipped precisions of runs of 1 to 4 words, times a penalty for
/// being shorter than the references. Of several references the one nearest in length counts, of two as near the shorter, as in the
/// COCO evaluation. A precision of 0 makes it 0; the COCO code leaves up to 1e-4 there, since it adds 1e-15 to each count.
/// </summary>
internal sealed class Bleu
{
    private readonly long[] _guessed = new long[NGrams.Longest], _right = new long[NGrams.Longest];
    private long _length, _referenceLength;

    /// <summary>Of a corpus, or of one segment as a corpus of one: the counts of all segments are added before anything is divided.</summary>
    internal static double Of(IEnumerable<(NGrams Candidate, IReadOnlyList<NGrams> References)> segments)
    {
        var bleu = new Bleu();
        foreach (var (candidate, references) in segments)
            bleu.Add(candidate, references);
        return bleu.Score;
    }

    private void Add(NGrams candidate, IReadOnlyList<NGrams> references)
    {
        _length += candidate.Words;
        _referenceLength += references.Select(reference => reference.Words).OrderBy(words => Math.Abs(words - candidate.Words)).ThenBy(words => words).First();
        for (var n = 1; n <= NGrams.Longest; n++)
        {
            _guessed[n - 1] += Math.Max(0, candidate.Words - n + 1);
            _right[n - 1] += candidate.Of(n).Sum(gram => Math.Min(gram.Value, references.Max(reference => reference.Of(n).GetValueOrDefault(gram.Key))));
        }
    }

    private double Score => _right.Contains(0) ? 0
        : Math.Exp(_right.Zip(_guessed, (right, guessed) => Math.Log((double)right / guessed)).Average()
            + Math.Min(0, 1 - (double)_referenceLength / _length));
}
