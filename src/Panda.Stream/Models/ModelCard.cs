using System.ComponentModel.DataAnnotations;
using Panda.Stream.Captioning;
using Panda.Stream.Models.Generation;
using Panda.Stream.Models.Pictures;
using Panda.Stream.Selection;

namespace Panda.Stream.Models;

public enum ModelKind { Embedder, Teacher, Matcher, Features }

/// <summary>What <c>card.yaml</c> says of a model: its files, how frames and text go in, and what becomes of what comes out.</summary>
public sealed record ModelCard
{
    [Length(1, 100)]
    public required string Name { get; init; }

    public required ModelKind Kind { get; init; }

    /// <summary>Whose shape the model has.</summary>
    public string Family { get; init; } = "";

    public string About { get; init; } = "";

    /// <summary>Teachers and matchers only: the others are given their frames.</summary>
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

    /// <summary>SHA-256 of files beside it in which it keeps weights, by their names in it.</summary>
    public IReadOnlyDictionary<string, string> WeightsSha256 { get; init; } = new Dictionary<string, string>();

    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Inputs { get; init; }

    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Outputs { get; init; }
}

public sealed record TokenizerCard
{
    /// <summary>Relative to the card's folder.</summary>
    [Length(1, 1000)]
    public required string File { get; init; }

    public string? Sha256 { get; init; }

    /// <summary>Longer texts are cut, where the file's truncation says: at their end when it says nothing.</summary>
    [Range(1, 1_000_000)]
    public int? MaxTokens { get; init; }

    /// <summary>Whether shorter texts are filled up to <see cref="MaxTokens"/>, at the side that the file's padding says.</summary>
    public bool Pad { get; init; }
}
