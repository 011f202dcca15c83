using System.ComponentModel.DataAnnotations;

namespace Panda.Stream.Models.Generation;

/// <summary>Greedy decoding: the likeliest token each time.</summary>
public sealed record GenerationCard
{
    [Range(1, 100_000)]
    public required int MaxNew { get; init; }

    /// <summary>Tokens before which none may end the text.</summary>
    [Range(0, 100_000)]
    public int MinNew { get; init; }

    /// <summary>Ids of tokens that end a text.</summary>
    [Length(1, 100)]
    public required IReadOnlyList<int> Eos { get; init; }
}

/// <summary>The decoder's keys and values of earlier tokens, as inputs and outputs named by layer and part (key, value).</summary>
public sealed record CacheCard
{
    public required string Past { get; init; }

    public required string Present { get; init; }

    [Range(1, 1000)]
    public required int Layers { get; init; }

    [Range(1, 1000)]
    public required int Heads { get; init; }

    [Range(1, 10_000)]
    public required int HeadSize { get; init; }

    internal IReadOnlyList<string> PastNames => Names(Past);

    internal IReadOnlyList<string> PresentNames => Names(Present);

    private string[] Names(string template) =>
        [.. Enumerable.Range(0, 2 * Layers).Select(i => template.Replace("{layer}", $"{i / 2}").Replace("{part}", i % 2 == 0 ? "key" : "value"))];
}
