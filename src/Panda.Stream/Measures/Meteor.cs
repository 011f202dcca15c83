namespace Panda.Stream.Measures;

/// <summary>
/// METEOR as first defined (Banerjee and Lavie, ACL workshop 2005), with its exact and its stem module (Porter's): P and R of the words
/// that could be aligned, F = 10 P R / (R + 9 P), times 1 - 0.5 (chunks / matches)^3. Of several references the best one counts. A
/// corpus adds up the counts of its segments' best references first. METEOR 1.5, which the COCO evaluation runs, has tuned
/// weights and matches synonyms and paraphrases from its own tables as well: its numbers are others.
/// </summary>
internal static class Meteor
{
    /// <summary>What one candidate and its best reference come to; counts add up over a corpus.</summary>
    internal readonly record struct Counts(int Matches, int Chunks, int Words, int ReferenceWords)
    {
        internal double Score
        {
            get
            {
                if (Matches == 0)
                    return 0;
                double precision = (double)Matches / Words, recall = (double)Matches / ReferenceWords;
                return 10 * precision * recall / (recall + 9 * precision) * (1 - 0.5 * Math.Pow((double)Chunks / Matches, 3));
            }
        }

        public static Counts operator +(Counts a, Counts b) =>
            new(a.Matches + b.Matches, a.Chunks + b.Chunks, a.Words + b.Words, a.ReferenceWords + b.ReferenceWords);
    }

    internal static Counts Of(IReadOnlyList<string> candidate, IReadOnlyList<IReadOnlyList<string>> references) =>
        references.Select(reference => Of(candidate, reference)).MaxBy(counts => counts.Score);

    private static Counts Of(IReadOnlyList<string> candidate, IReadOnlyList<string> reference)
    {
        var alignment = new WordAlignment(candidate.Count, reference.Count);
        alignment.Add(candidate, reference);
        alignment.Add([.. candidate.Select(PorterStemmer.Stem)], [.. reference.Select(PorterStemmer.Stem)]);
        return new(alignment.Matches, alignment.Chunks, candidate.Count, reference.Count);
    }
}
