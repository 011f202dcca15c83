namespace Panda.Stream.Models.Generation;

/// <summary>
/// Several hypotheses at once, as transformers' beam search: of all continuations the best twice as many as there are beams are looked at
/// (more with several end tokens), those that end become finished hypotheses when they are among the first <c>beams</c>, the others go on.
/// A stop sequence ends a hypothesis as an end token does.
/// </summary>
internal sealed class BeamSearch(GenerationCard card, StopRule stop, IReadOnlyList<int> prompt, string identity) : TokenSearch
{
    private readonly RowDraws _draws = new(identity);
    private readonly List<(double Score, IReadOnlyList<int> Ids)> _finished = []; // in the order in which they were finished
    private List<OpenText> _beams = [new(0, [])];
    private int _made;

    internal override TokenQuestion Question => new(prompt, _beams, _draws);

    internal override IReadOnlyList<Continuation> Advance(TokenAnswer answer)
    {
        if (answer.Error is { } error)
            return End(GeneratedTokens.Failed(error));
        _made++;
        var candidates = answer.Candidates;
        if (candidates.Count == 0)
            return End(GeneratedTokens.Failed($"found no token with a finite score for token {_made}, expected one"));

        var next = new List<Continuation>();
        var beams = new List<OpenText>();
        for (var rank = 0; rank < candidates.Count && next.Count < card.Beams; rank++)
        {
            var candidate = candidates[rank];
            int[] ids = [.. _beams[candidate.Row].Ids, candidate.Token];
            if (stop.End(ids) is { } length)
            {
                if (rank < card.Beams)
                    Finish(candidate.Sum, ids[..length]);
                continue;
            }
            next.Add(new(candidate.Row, candidate.Token));
            beams.Add(new(candidate.Sum, ids));
        }
        _beams = beams;
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
    private void Finish(double sum, IReadOnlyList<int> ids)
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
}
