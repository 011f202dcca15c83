using System.Numerics.Tensors;

namespace Panda.Stream.Models.Generation;

/// <summary>Picks tokens by the processor, from scores in the machine's memory. For one thread at a time.</summary>
internal sealed class HostTokenPicker(GenerationCard card)
{
    private readonly TokenRules _rules = new(card);
    private float[] _scores = [];

    /// <inheritdoc cref="TokenPicker.Pick"/>
    internal TokenAnswer[] Pick(IReadOnlyList<TokenQuestion> questions, RowScores scores)
    {
        var answers = new TokenAnswer[questions.Count];
        for (var (i, first) = (0, 0); i < answers.Length; first += questions[i++].Rows.Count)
        {
            var start = first;
            answers[i] = card.Beams > 1 ? PickBeams(questions[i], row => scores(start + row)) : PickOne(questions[i], scores(start));
        }
        return answers;
    }

    private TokenAnswer PickOne(TokenQuestion question, ReadOnlySpan<float> found)
    {
        if (_scores.Length != found.Length)
            _scores = new float[found.Length];
        found.CopyTo(_scores);
        var ids = question.Rows[0].Ids;
        _rules.Apply(_scores, question.Prompt, ids);
        // One that is not a number counts as the largest, so that it is seen.
        var token = TensorPrimitives.IndexOfMax<float>(_scores);
        if (!float.IsFinite(_scores[token]))
            return TokenAnswer.Failed($"found {_scores[token]} among the scores of token {ids.Count + 1}, expected finite numbers");
        return new([new(0, card.Sample ? Draw(question.Draws, _scores[token]) : token, 0)], null);
    }

    private int Draw(RowDraws draws, double largest)
    {
        var weights = new double[_scores.Length];
        for (var i = 0; i < weights.Length; i++)
            weights[i] = Math.Exp(_scores[i] - largest);
        return draws.Draw(weights);
    }

    private TokenAnswer PickBeams(TokenQuestion question, RowScores scores)
    {
        var sums = new float[question.Rows.Count][];
        for (var i = 0; i < sums.Length; i++)
        {
            var (sum, ids) = question.Rows[i];
            sums[i] = scores(i).ToArray();
            TokenRules.LogSoftmax(sums[i]);
            if (float.IsNaN(sums[i][0]))
                return TokenAnswer.Failed($"found {float.NaN} among the scores of token {ids.Count + 1}, expected finite numbers");
            _rules.Apply(sums[i], question.Prompt, ids);
            for (var token = 0; token < sums[i].Length; token++)
                sums[i][token] += sum;
        }
        return new(card.Sample ? Drawn(question.Draws, sums, card.Candidates) : Best(sums, card.Candidates), null);
    }

    private static List<Candidate> Best(float[][] sums, int count)
    {
        // A heap of the best so far, the worst of them on top; of equals the earlier one stays.
        var heap = new PriorityQueue<Candidate, (float Sum, int Later)>();
        var width = sums[0].Length;
        for (var row = 0; row < sums.Length; row++)
            for (var token = 0; token < width; token++)
            {
                var sum = sums[row][token];
                if (float.IsNegativeInfinity(sum))
                    continue;
                var priority = (sum, -(row * width + token));
                if (heap.Count < count)
                    heap.Enqueue(new(row, token, sum), priority);
                else if (heap.TryPeek(out _, out var least) && priority.CompareTo(least) > 0)
                    heap.EnqueueDequeue(new(row, token, sum), priority);
            }
        var best = new List<Candidate>(heap.Count);
        while (heap.TryDequeue(out var candidate, out _))
            best.Add(candidate);
        best.Reverse();
        return best;
    }

    /// <summary>Continuations drawn without putting back, the best first.</summary>
    private static List<Candidate> Drawn(RowDraws draws, float[][] sums, int count)
    {
        var width = sums[0].Length;
        var weights = new double[sums.Length * width];
        var largest = sums.Max(row => row.Max());
        for (var i = 0; i < weights.Length; i++)
            weights[i] = Math.Exp(sums[i / width][i % width] - largest);
        var drawn = new List<Candidate>(count);
        while (drawn.Count < count && draws.Draw(weights) is var at and >= 0)
        {
            drawn.Add(new(at / width, at % width, sums[at / width][at % width]));
            weights[at] = 0;
        }
        return [.. drawn.OrderByDescending(candidate => candidate.Sum)];
    }
}
