namespace Panda.Stream.Models.Generation;

/// <summary>A row that goes on: which of the search's present rows it continues, and with which token.</summary>
internal readonly record struct Continuation(int Row, int Token);

/// <summary>What one prompt's text will be: asks for the next tokens of its rows, step by step, and says which rows go on.</summary>
internal abstract class TokenSearch
{
    /// <summary>The text, once no row goes on.</summary>
    internal GeneratedTokens? Result { get; private protected set; }

    /// <summary>What is to be known for the next step. At first there is one row, the prompt.</summary>
    internal abstract TokenQuestion Question { get; }

    /// <summary>The rows of the next step in order; none when the text is finished.</summary>
    internal abstract IReadOnlyList<Continuation> Advance(TokenAnswer answer);

    internal static TokenSearch Of(GenerationCard card, StopRule stop, IReadOnlyList<int> prompt, string identity) => card.Beams > 1
        ? new BeamSearch(card, stop, prompt, identity)
        : new SingleSearch(card, stop, prompt, identity);

    private protected Continuation[] End(GeneratedTokens result)
    {
        Result = result;
        return [];
    }
}

/// <summary>One text at a time: the likeliest token each time, or one that is drawn.</summary>
internal sealed class SingleSearch : TokenSearch
{
    private readonly GenerationCard _card;
    private readonly StopRule _stop;
    private readonly List<int> _ids = [];
    private readonly Continuation[] _next = new Continuation[1];

    internal SingleSearch(GenerationCard card, StopRule stop, IReadOnlyList<int> prompt, string identity)
    {
        (_card, _stop) = (card, stop);
        Question = new(prompt, [new(0, _ids)], new(identity));
    }

    internal override TokenQuestion Question { get; }

    internal override IReadOnlyList<Continuation> Advance(TokenAnswer answer)
    {
        if (answer.Error is { } error)
            return End(GeneratedTokens.Failed(error));
        var token = answer.Candidates[0].Token;
        _ids.Add(token);
        if (_stop.End(_ids) is { } length)
            return End(new(_ids.Take(length).ToArray(), 0, null));
        if (_ids.Count == _card.MaxNew)
            return End(new(_ids, 0, null));
        _next[0] = new(0, token);
        return _next;
    }
}
