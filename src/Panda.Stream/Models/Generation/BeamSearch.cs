namespace Panda.Stream.Models.Generation;

/// <summary>
/// Several hypotheses at once, as transformers' beam search: of all continuations the best twice as many as there are beams are looked at
/// (more with several end tokens), those that end become finished hypotheses when they are among the first <c>beams</c>, the others go on.
/// A stop sequence ends a hypothesis as an end token does.
/// </summary>
internal sealed class BeamSearch(GenerationCard card, StopRule stop, IReadOnlyList<int> prompt, string identity) : TokenSearch
{
    private readonly TokenRules _rules = new(card);
    private readonly RowDraws _draws = new(identity);
    private readonly List<(double Score, int[] Ids)> _finished = []; // in the order in which they were finished
    private (float Sum, int[] Ids)[] _beams = [(0, [])];
    private int _made;

    private readonly record struct Candidate(int Beam, int Token, float Sum);

    internal override IReadOnlyList<Continuation> Advance(RowScores scores)
    {
        var sums = new float[_beams.Length][];
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = scores(i).ToArray();
            TokenRules.LogSoftmax(sums[i]);
            if (float.IsNaN(sums[i][0]))
                return End(GeneratedTokens.Failed($"found {float.NaN} among the scores of token {_made + 1}, expected finite numbers"));
            _rules.Apply(sums[i], prompt, _beams[i].Ids);
            for (var token = 0; token < sums[i].Length; token++)
                sums[i][token] += _beams[i].Sum;
        }
        _made++;
        var count = Math.Max(2, 1 + card.Eos.Count) * card.Beams;
        var candidates = card.Sample ? Drawn(sums, count) : Best(sums, count);
        if (candidates.Count == 0)
            return End(GeneratedTokens.Failed($"found no token with a finite score for token {_made}, expected one"));

        var next = new List<Continuation>();
        var beams = new List<(float, int[])>();
        for (var rank = 0; rank < candidates.Count && next.Count < card.Beams; rank++)
        {
            var candidate = candidates[rank];
            int[] ids = [.. _beams[candidate.Beam].Ids, candidate.Token];
            if (stop.End(ids) is { } length)
            {
                if (rank < card.Beams)
                    Finish(candidate.Sum, ids[..length]);
                continue;
            }
            next.Add(new(candidate.Beam, candidate.Token));
            beams.Add((candidate.Sum, ids));
        }
        _beams = [.. beams];
        var done = IsDone(candidates[0].Sum);
        if (!done && _made < card.MaxNew && next.Count > 0)
            return next;
        if (!done)
            foreach (var (sum, ids) in _beams)
                Finish(sum, ids);
        // Of equals the one that was finished last, as a stable sort and its last item give.
        var best = _finished.Select((hypothesis, i) => (hypothesis, i)).MaxBy(one => (one.hypothesis.Score, one.i)).hypothesis;
        return End(new(best.Ids, best.Score, null));
    }

    private bool IsDone(double best)
    {
        if (_finished.Count < card.Beams)
            return false;
        if (card.EarlyStopping == EarlyStopping.First)
            return true;
        var length = card.EarlyStopping == EarlyStopping.Never && card.LengthPenalty > 0 ? card.MaxNew : _made;
        return _finished.Min(hypothesis => hypothesis.Score) >= best / Math.Pow(length, card.LengthPenalty);
    }

    /// <summary>Keeps the hypothesis when it is among the best <c>beams</c>. Its length counts the token that ended it.</summary>
    private void Finish(double sum, int[] ids)
    {
        var score = sum / Math.Pow(_made, card.LengthPenalty);
        if (_finished.Count < card.Beams)
        {
            _finished.Add((score, ids));
            return;
        }
        var worst = _finished.Select((hypothesis, i) => (hypothesis.Score, i)).Min();
        if (score <= worst.Score)
            return;
        _finished.RemoveAt(worst.i);
        _finished.Add((score, ids));
    }

    private static List<Candidate> Best(float[][] sums, int count)
    {
        // A heap of the best so far, the worst of them on top; of equals the earlier one stays.
        var heap = new PriorityQueue<Candidate, (float Sum, int Later)>();
        var width = sums[0].Length;
        for (var beam = 0; beam < sums.Length; beam++)
            for (var token = 0; token < width; token++)
            {
                var sum = sums[beam][token];
                if (float.IsNegativeInfinity(sum))
                    continue;
                var priority = (sum, -(beam * width + token));
                if (heap.Count < count)
                    heap.Enqueue(new(beam, token, sum), priority);
                else if (heap.TryPeek(out _, out var least) && priority.CompareTo(least) > 0)
                    heap.EnqueueDequeue(new(beam, token, sum), priority);
            }
        var best = new List<Candidate>(heap.Count);
        while (heap.TryDequeue(out var candidate, out _))
            best.Add(candidate);
        best.Reverse();
        return best;
    }

    /// <summary>Continuations drawn without putting back, the best first.</summary>
    private List<Candidate> Drawn(float[][] sums, int count)
    {
        var width = sums[0].Length;
        var weights = new double[sums.Length * width];
        var largest = sums.Max(row => row.Max());
        for (var i = 0; i < weights.Length; i++)
            weights[i] = Math.Exp(sums[i / width][i % width] - largest);
        var drawn = new List<Candidate>(count);
        while (drawn.Count < count && _draws.Draw(weights) is var at and >= 0)
        {
            drawn.Add(new(at / width, at % width, sums[at / width][at % width]));
            weights[at] = 0;
        }
        return [.. drawn.OrderByDescending(candidate => candidate.Sum)];
    }

    private Continuation[] End(GeneratedTokens result)
    {
        Result = result;
        return [];
    }
}
