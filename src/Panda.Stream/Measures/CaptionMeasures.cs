namespace Panda.Stream.Measures;

/// <summary>One candidate caption and the references it is held against, at least one.</summary>
public sealed record MeasuredCaption(string Id, string Candidate, IReadOnlyList<string> References);

/// <summary>The five measures of a caption or of a corpus. CIDEr and CIDEr-D range from 0 to 10, the others from 0 to 1.</summary>
public sealed record CaptionScores(double Bleu4, double RougeL, double Meteor, double Cider, double CiderD);

/// <summary>The measures of a corpus of captions and of each of them, by the definitions that each measure's file states.</summary>
public static class CaptionMeasures
{
    /// <returns>The corpus's scores, and those of its segments in order.</returns>
    /// <exception cref="ArgumentException">There is no caption, or one has no reference.</exception>
    public static (CaptionScores Corpus, IReadOnlyList<CaptionScores> Segments) Of(IReadOnlyList<MeasuredCaption> captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        if (captions.Count == 0)
            throw new ArgumentException("found no caption, expected at least one", nameof(captions));
        if (captions.FirstOrDefault(caption => caption.References.Count == 0) is { } bare)
            throw new ArgumentException($"{bare.Id}: found no reference, expected at least one", nameof(captions));

        var segments = captions.Select(caption => new Segment(caption)).ToArray();
        var cider = new Cider([.. segments.Select(segment => segment.ReferenceGrams)]);
        var scores = segments.Select(segment => segment.Scores(cider)).ToArray();
        var corpus = new CaptionScores(
            Bleu.Of(segments.Select(segment => (segment.Grams, segment.ReferenceGrams))),
            scores.Average(score => score.RougeL),
            segments.Aggregate(default(Meteor.Counts), (sum, segment) => sum + segment.Meteor).Score,
            scores.Average(score => score.Cider),
            scores.Average(score => score.CiderD));
        return (corpus, scores);
    }

    private sealed class Segment
    {
        private readonly IReadOnlyList<string> _words;
        private readonly IReadOnlyList<IReadOnlyList<string>> _references;

        internal Segment(MeasuredCaption caption)
        {
            _words = CaptionTokens.Of(caption.Candidate);
            _references = [.. caption.References.Select(CaptionTokens.Of)];
            (Grams, ReferenceGrams) = (new(_words), [.. _references.Select(reference => new NGrams(reference))]);
            Meteor = Measures.Meteor.Of(_words, _references);
        }

        internal NGrams Grams { get; }
        internal IReadOnlyList<NGrams> ReferenceGrams { get; }
        internal Meteor.Counts Meteor { get; }

        internal CaptionScores Scores(Cider cider)
        {
            var (plain, d) = cider.Of(Grams, ReferenceGrams);
            return new(Bleu.Of([(Grams, ReferenceGrams)]), RougeL.Of(_words, _references), Meteor.Score, plain, d);
        }
    }
}
