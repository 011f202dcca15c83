namespace Panda.Stream.Measures;

/// <summary>
/// CIDEr (Vedantam and others, CVPR 2015): the mean over runs of 1 to 4 words of the cosine between the tf-idf vectors of candidate and
/// reference, averaged over the references, times 10. CIDEr-D clips each entry of the candidate's vector to the reference's and
/// multiplies by a Gaussian (sigma 6) of the difference in length; it is what the COCO evaluation prints as "CIDEr". Words are not
/// stemmed in either, as in the authors' code. Documents are the segments: a run counts once for all references of one.
/// A corpus has the mean of its segments; a corpus of one segment has no idf, and 0.
/// </summary>
internal sealed class Cider
{
    private const double Sigma = 6, Scale = 10;

    private readonly Dictionary<string, int> _segmentsWith = new(StringComparer.Ordinal);
    private readonly double _segments;

    /// <param name="references">The references of each segment of the corpus.</param>
    internal Cider(IReadOnlyCollection<IReadOnlyList<NGrams>> references)
    {
        _segments = references.Count;
        foreach (var segment in references)
            foreach (var gram in Enumerable.Range(1, NGrams.Longest).SelectMany(n => segment.SelectMany(reference => reference.Of(n).Keys).Distinct()))
                _segmentsWith[gram] = _segmentsWith.GetValueOrDefault(gram) + 1;
    }

    /// <summary>CIDEr and CIDEr-D of one segment.</summary>
    internal (double Plain, double D) Of(NGrams candidate, IReadOnlyList<NGrams> references)
    {
        double plain = 0, clipped = 0;
        for (var n = 1; n <= NGrams.Longest; n++)
        {
            var mine = Weights(candidate, n);
            foreach (var reference in references)
            {
                var theirs = Weights(reference, n);
                var norm = Norm(mine) * Norm(theirs);
                if (norm == 0)
                    continue;
                var longer = candidate.Words - reference.Words;
                plain += mine.Sum(gram => gram.Value * theirs.GetValueOrDefault(gram.Key)) / norm;
                clipped += mine.Sum(gram => Math.Min(gram.Value, theirs.GetValueOrDefault(gram.Key)) * theirs.GetValueOrDefault(gram.Key)) / norm
                    * Math.Exp(-longer * longer / (2 * Sigma * Sigma));
            }
        }
        var scale = Scale / (NGrams.Longest * references.Count);
        return (scale * plain, scale * clipped);
    }

    /// <summary>Count times idf; a run that no reference has counts as if one segment had it.</summary>
    private Dictionary<string, double> Weights(NGrams sentence, int n) => sentence.Of(n).ToDictionary(
        gram => gram.Key, gram => gram.Value * Math.Log(_segments / Math.Max(1, _segmentsWith.GetValueOrDefault(gram.Key))), StringComparer.Ordinal);

    private static double Norm(Dictionary<string, double> weights) => Math.Sqrt(weights.Values.Sum(weight => weight * weight));
}
