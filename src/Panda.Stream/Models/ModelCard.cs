using System.ComponentModel.DataAnnotations;
using Panda.Stream.Models.Pictures;
using Panda.Stream.Splitting;

namespace Panda.Stream.Models;

public enum ModelKind { Embedder, Teacher, Matcher }

/// <summary>What <c>card.yaml</c> says of a model: its files, how frames and text go in, and what becomes of what comes out.</summary>
public sealed record ModelCard
{
    [Length(1, 100)]
    public required string Name { get; init; }

    public required ModelKind Kind { get; init; }

    /// <summary>Whose shape the model has.</summary>
    public string Family { get; init; } = "";

    public string About { get; init; } = "";

    /// <summary>Teachers and matchers only: an embedder is given its frames.</summary>
    public FrameSampling? Frames { get; init; }

    public required PictureCard Picture { get; init; }

    public required IReadOnlyDictionary<string, SessionCard> Sessions { get; init; }

    public TokenizerCard? Tokenizer { get; init; }

    public PromptCard? Prompt { get; init; }

    public GenerationCard? Generation { get; init; }

    public CacheCard? Cache { get; init; }

    /// <summary>What is done to a teacher's text, in order.</summary>
    public IReadOnlyList<PostOperation> Post { get; init; } = [];

    /// <summary>An embedder's own distances for splitting.</summary>
    public ThresholdsCard? Thresholds { get; init; }

    public ScoreCard? Score { get; init; }

    /// <summary>Where the model is from: free keys.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();

    internal (int Width, int Height) PictureSize => (Picture.Size[0], Picture.Size[1]);
}

/// <summary>An ONNX file with its tensors: names to shapes, in which a word is a free dimension.</summary>
public sealed record SessionCard
{
    /// <summary>Relative to the card's folder.</summary>
    [Length(1, 1000)]
    public required string File { get; init; }

    public string? Sha256 { get; init; }

    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Inputs { get; init; }

    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Outputs { get; init; }
}

public sealed record TokenizerCard
{
    /// <summary>Relative to the card's folder.</summary>
    [Length(1, 1000)]
    public required string File { get; init; }

    /// <summary>Longer texts are cut at their end.</summary>
    [Range(1, 1_000_000)]
    public int? MaxTokens { get; init; }

    /// <summary>Whether shorter texts are filled up to <see cref="MaxTokens"/>.</summary>
    public bool Pad { get; init; }
}

public sealed record PromptCard
{
    internal const string BosToken = "<s>";

    /// <summary>Whether the token <c>&lt;s&gt;</c> goes before everything.</summary>
    public bool Bos { get; init; }

    [Length(1, 100)]
    public required IReadOnlyList<PromptSegment> Segments { get; init; }
}

/// <summary>The visual tokens, or a text that is tokenised on its own.</summary>
public sealed record PromptSegment
{
    public bool Visual { get; init; }

    /// <summary>May hold the fields {title}, {description} and {subtitles}.</summary>
    public string? Text { get; init; }

    /// <summary>The field without which the segment is left out.</summary>
    public PromptField? When { get; init; }

    [Range(1, 1_000_000)]
    public int? MaxTokens { get; init; }
}

public enum PromptField { Title, Description, Subtitles }

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

public enum PostOperation
{
    /// <summary>Blanks at both ends go.</summary>
    Strip,

    /// <summary>The first letter becomes a capital.</summary>
    Capitalise,

    /// <summary>Text that does not end a sentence gets a full stop.</summary>
    FullStop,
}

public sealed record ThresholdsCard
{
    public required double Transition { get; init; }
    public required double Stitch { get; init; }
    public required double Still { get; init; }
    public required double Repeat { get; init; }

    public DistanceThresholds ToDistances() => new(Transition, Stitch, Still, Repeat);
}

public enum ScoreExpression
{
    /// <summary>Softmax of the matching head, its second label: 0..1.</summary>
    ItmSoftmax,

    /// <summary>The matching head's second logit.</summary>
    ItmLogit,

    /// <summary>Mean over frames of the cosine between video and text embeddings; needs no fusion.</summary>
    Itc,
}

public sealed record ScoreCard
{
    public required ScoreExpression Expression { get; init; }

    /// <summary>The score from which a caption counts as a match, calibrated on held-out data.</summary>
    public required double Threshold { get; init; }
}
