using Panda.Stream.Kernels;

namespace Panda.Stream.Models.Generation;

/// <summary>The scores of the next token after one of a batch's rows, one for each token of the vocabulary.</summary>
internal delegate ReadOnlySpan<float> RowScores(int row);

/// <summary>Scores that the model left on a card.</summary>
/// <param name="Row">Where a row's begin.</param>
/// <param name="Vocabulary">How many a row has.</param>
/// <param name="Type">Their type.</param>
internal sealed record CardScores(Func<int, nint> Row, int Vocabulary, LogitsType Type = LogitsType.Float32);

/// <summary>A row that goes on: the sum of its log-probabilities, with beams, and its text so far.</summary>
internal readonly record struct OpenText(float Sum, IReadOnlyList<int> Ids);

/// <summary>What a search asks: which tokens come next after its rows.</summary>
/// <param name="Prompt">Tokens of the prompt that the model read as ids.</param>
/// <param name="Rows">Its rows in the batch, which follow those of the search before.</param>
/// <param name="Draws">Its random numbers.</param>
internal sealed record TokenQuestion(IReadOnlyList<int> Prompt, IReadOnlyList<OpenText> Rows, RowDraws Draws);

/// <summary>A token that may come next.</summary>
/// <param name="Row">Which of the search's rows it continues.</param>
/// <param name="Token">Its id.</param>
/// <param name="Sum">With beams, the row's sum and the token's log-probability, as the card's rules left it; else 0.</param>
internal readonly record struct Candidate(int Row, int Token, float Sum);

/// <summary>The tokens that may come next, the best first: with beams as many as the search may have to look at, else one.</summary>
/// <param name="Error">Why there is none; null when there are.</param>
internal readonly record struct TokenAnswer(IReadOnlyList<Candidate> Candidates, string? Error)
{
    internal static TokenAnswer Failed(string error) => new([], error);
}

/// <summary>
/// The one place that chooses where tokens are picked: where their scores lie. On a card its kernels do it, and only ids come back; scores
/// in the machine's memory are the processor's, since bringing them to a card takes longer than the work. For one thread at a time.
/// </summary>
/// <param name="card">The rules.</param>
/// <param name="onCard">Picks on the card of the model's scores; it stays the caller's. Null for a model on the processor.</param>
internal sealed class TokenPicker(GenerationCard card, CudaTokenPicker? onCard = null)
{
    private readonly HostTokenPicker _onHost = new(card);

    /// <summary>One answer a question; the questions' rows are those of the batch, in order, and their texts equally long.</summary>
    /// <param name="questions">At least one.</param>
    /// <param name="inMemory">The scores, brought to the machine's memory where they are not there.</param>
    /// <param name="there">The scores where they are, when that is a card.</param>
    internal TokenAnswer[] Pick(IReadOnlyList<TokenQuestion> questions, RowScores inMemory, CardScores? there = null) =>
        there is not null && onCard is not null && CudaTokenPicker.Takes(card, there.Vocabulary)
            ? onCard.Pick(questions, there)
            : _onHost.Pick(questions, inMemory);
}
