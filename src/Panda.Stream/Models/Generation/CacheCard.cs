using System.ComponentModel.DataAnnotations;

namespace Panda.Stream.Models.Generation;

/// <summary>
/// The decoder's keys and values of earlier tokens, as inputs and outputs named by {layer} and {part} (key, value), each
/// [rows, heads, tokens, head size]. They need not be named again among the session's tensors.
/// </summary>
public sealed record CacheCard
{
    public required string Past { get; init; }

    public required string Present { get; init; }

    [Range(1, 1000)]
    public required int Layers { get; init; }

    /// <summary>Heads of keys and values, which may be fewer than those of queries.</summary>
    [Range(1, 1000)]
    public required int Heads { get; init; }

    [Range(1, 10_000)]
    public required int HeadSize { get; init; }

    public CacheBuffer Buffer { get; init; }

    /// <summary>Shared buffers: tokens that the model can hold, prompt and text together.</summary>
    [Range(1, 10_000_000)]
    public int? Length { get; init; }

    /// <summary>Encoder-decoders: inputs with the keys and values of the encoder's tokens, made by the first pass and kept.</summary>
    public string? CrossPast { get; init; }

    /// <summary>Encoder-decoders: the outputs of the first pass that they come from.</summary>
    public string? CrossPresent { get; init; }

    internal IReadOnlyList<string> PastNames => Names(Past);

    internal IReadOnlyList<string> PresentNames => Names(Present);

    internal IReadOnlyList<string> CrossPastNames => CrossPast is null ? [] : Names(CrossPast);

    internal IReadOnlyList<string> CrossPresentNames => CrossPresent is null ? [] : Names(CrossPresent);

    private string[] Names(string template) =>
        [.. Enumerable.Range(0, 2 * Layers).Select(i => template.Replace("{layer}", $"{i / 2}").Replace("{part}", i % 2 == 0 ? "key" : "value"))];
}

public enum CacheBuffer
{
    /// <summary>Each pass gives the cache longer by what it read.</summary>
    Growing,

    /// <summary>Past and present are one buffer of fixed length that each pass writes on in (onnxruntime-genai, GroupQueryAttention). Without beams.</summary>
    Shared,
}
