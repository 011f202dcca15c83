namespace Panda.Stream.Models.Generation;

/// <summary>
/// What a card's rules make of a row's scores before a token is taken, in the order of transformers' logits processors and warpers:
/// repetition, least length, and for sampling temperature, top-k, top-p.
/// </summary>
internal sealed class TokenRules(GenerationCard card)
{
    /// <param name="scores">One for each token of the vocabulary; changed in place.</param>
    /// <param name="before">Tokens of the prompt that the model read as ids.</param>
    /// <param name="ids">The text so far.</param>
    internal void Apply(Span<float> scores, IEnumerable<int> before, IReadOnlyList<int> ids)
    {
        if (card.Repetition != 1)
            foreach (var id in before.Concat(ids).Distinct())
                if ((uint)id < (uint)scores.Length)
                    scores[id] = scores[id] < 0 ? scores[id] * card.Repetition : scores[id] / card.Repetition;
        if (ids.Count < card.MinNew)
            foreach (var end in card.Eos)
                scores[end] = float.NegativeInfinity;
        if (!card.Sample)
            return;
        if (card.Temperature != 1)
            foreach (ref var score in scores)
                score /= card.Temperature;
        if (card.TopK is { } most && most < scores.Length)
            KeepLargest(scores, Math.Max(most, card.LeastKept));
        if (card.TopP < 1)
            KeepNucleus(scores);
    }

    /// <summary>The natural logarithms of the softmax, in place; all are NaN when one score is.</summary>
    internal static void LogSoftmax(Span<float> scores)
    {
        var (largest, sum) = SumOfExponentials(scores);
        var log = Math.Log(sum);
        foreach (ref var score in scores)
            score = (float)(score - largest - log);
    }

    // Doubles, one after the other: sums in the lanes of a vector would depend on where the scores lie in memory.
    internal static (double Largest, double Sum) SumOfExponentials(ReadOnlySpan<float> scores)
    {
        double largest = float.NegativeInfinity, sum = 0;
        foreach (var score in scores)
            largest = Math.Max(largest, score); // NaN stays
        foreach (var score in scores)
            sum += Math.Exp(score - largest);
        return (largest, sum);
    }

    private static void KeepLargest(Span<float> scores, int count)
    {
        if (count >= scores.Length)
            return;
        var sorted = scores.ToArray();
        Array.Sort(sorted);
        var least = sorted[^count];
        foreach (ref var score in scores)
            if (score < least)
                score = float.NegativeInfinity;
    }

    private void KeepNucleus(Span<float> scores)
    {
        var (largest, sum) = SumOfExponentials(scores);
        var sorted = scores.ToArray();
        var tokens = new int[sorted.Length];
        for (var i = 0; i < tokens.Length; i++)
            tokens[i] = i;
        Array.Sort(sorted, tokens); // ascending
        var cumulative = 0.0;
        for (var i = 0; i < tokens.Length - card.LeastKept; i++)
        {
            cumulative += Math.Exp(sorted[i] - largest) / sum;
            if (cumulative > 1 - (double)card.TopP)
                return;
            scores[tokens[i]] = float.NegativeInfinity;
        }
    }
}
