using System.Numerics.Tensors;

namespace Panda.Stream.Models.Generation;

/// <summary>A row that goes on: which of the search's present rows it continues, and with which token.</summary>
internal readonly record struct Continuation(int Row, int Token);

/// <summary>The scores of the next token after one of a search's rows, one for each token of the vocabulary.</summary>
internal delegate ReadOnlySpan<float> RowScores(int row);

/// <summary>What one prompt's text will be: takes the scores of its rows, step by step, and says which rows go on.</summary>
internal abstract class TokenSearch
{
    /// <summary>The text, once no row goes on.</summary>
    internal GeneratedTokens? Result { get; private protected set; }

    /// <summary>The rows of the next step in order; none when the text is finished. At first there is one row, the prompt.</summary>
    internal abstract IReadOnlyList<Continuation> Advance(RowScores scores);

    internal static TokenSearch Of(GenerationCard card, StopRule stop, IReadOnlyList<int> prompt, string identity) => card.Beams > 1
        ? new BeamSearch(card, stop, prompt, identity)
        : new SingleSearch(card, stop, prompt, identity);
}

/// <summary>One text at a time: the likeliest token each time, or one that is drawn.</summary>
internal sealed class SingleSearch(GenerationCard card, StopRule stop, IReadOnlyList<int> prompt, string identity) : TokenSearch
{
    private readonly TokenRules _rules = new(card);
    private readonly RowDraws _draws = new(identity);
    private readonly List<int> _ids = [];
    private readonly Continuation[] _next = new Continuation[1];
    private float[] _scores = [];

    internal override IReadOnlyList<Continuation> Advance(RowScores scores)
    {
        var found = scores(0);
        if (_scores.Length != found.Length)
            _scores = new float[found.Length];
        found.CopyTo(_scores);
        _rules.Apply(_scores, prompt, _ids);
        // One that is not a number counts as the largest, so that it is seen.
        var token = TensorPrimitives.IndexOfMax<float>(_scores);
        if (!float.IsFinite(_scores[token]))
            return End(GeneratedTokens.Failed($"found {_scores[token]} among the scores of token {_ids.Count + 1}, expected finite numbers"));
        if (card.Sample)
            token = Draw(_scores[token]);
        _ids.Add(token);
        if (stop.End(_ids) is { } length)
            return End(new(_ids.Take(length).ToArray(), 0, null));
        if (_ids.Count == card.MaxNew)
            return End(new(_ids, 0, null));
        _next[0] = new(0, token);
        return _next;
    }

    private int Draw(double largest)
    {
        var weights = new double[_scores.Length];
        for (var i = 0; i < weights.Length; i++)
            weights[i] = Math.Exp(_scores[i] - largest);
        return _draws.Draw(weights);
    }

    private Continuation[] End(GeneratedTokens result)
    {
        Result = result;
        return [];
    }
}
