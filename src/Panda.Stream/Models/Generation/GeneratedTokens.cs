namespace Panda.Stream.Models.Generation;

/// <summary>What became of one prompt: its new tokens without what ended them, or why there are none.</summary>
/// <param name="Ids">Without the end token or stop sequence.</param>
/// <param name="Score">Beams: the sum of log-probabilities over the length to the power of the length penalty; else 0.</param>
/// <param name="Error">Why there is no text; null when there is.</param>
internal sealed record GeneratedTokens(IReadOnlyList<int> Ids, double Score, string? Error)
{
    internal static GeneratedTokens Failed(string error) => new([], 0, error);
}
