using System.ComponentModel.DataAnnotations;
using Panda.Stream.Config.Binding;

namespace Panda.Stream.Models.Generation;

/// <summary>How a text is written, token after token; the words and defaults are those of Hugging Face transformers.</summary>
public sealed record GenerationCard
{
    /// <summary>Tokens after which a text ends, finished or not.</summary>
    [Range(1, 100_000)]
    public required int MaxNew { get; init; }

    /// <summary>Tokens before which none may end the text.</summary>
    [Range(0, 100_000)]
    public int MinNew { get; init; }

    /// <summary>Ids of tokens that end a text.</summary>
    [Length(1, 100)]
    public required IReadOnlyList<int> Eos { get; init; }

    /// <summary>Hypotheses that are followed at once; 1 follows the likeliest token, or the one that is drawn.</summary>
    [Range(1, 100)]
    public int Beams { get; init; } = 1;

    /// <summary>Whether tokens are drawn by their probability, seeded by the clip's name, in place of the likeliest.</summary>
    public bool Sample { get; init; }

    /// <summary>Sampling: scores are divided by it.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public float Temperature { get; init; } = 1;

    /// <summary>Sampling: only the likeliest so many tokens are drawn; none: all.</summary>
    [Range(1, 1_000_000), NullIs("none")]
    public int? TopK { get; init; }

    /// <summary>Sampling: only the likeliest tokens that together reach this probability are drawn.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public float TopP { get; init; } = 1;

    /// <summary>Above 1 makes tokens that the text has already less likely.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public float Repetition { get; init; } = 1;

    /// <summary>Beams: a finished hypothesis scores the sum of its log-probabilities over its length to this power.</summary>
    [Range(-10.0, 10.0)]
    public double LengthPenalty { get; init; } = 1;

    /// <summary>Beams: when a search ends.</summary>
    public EarlyStopping EarlyStopping { get; init; }

    /// <summary>Sequences of ids that end a text and are not part of it.</summary>
    public IReadOnlyList<IReadOnlyList<int>> StopIds { get; init; } = [];

    /// <summary>Texts that end a text and are not part of it.</summary>
    public IReadOnlyList<string> StopTexts { get; init; } = [];

    /// <summary>Ids that are left out where a text begins with them.</summary>
    public IReadOnlyList<int> DropLeading { get; init; } = [];

    /// <summary>Encoder-decoders: the id that the decoder begins with.</summary>
    [Range(0, 10_000_000)]
    public int Start { get; init; }

    /// <summary>What <c>position_ids</c> says, where a decoder asks for it.</summary>
    public PositionRule Positions { get; init; } = PositionRule.Mask;

    /// <summary>Another number draws other tokens for the same clips.</summary>
    public int Seed { get; init; }

    /// <summary>Beams: how many continuations a step looks at, so that enough are left when some of them end.</summary>
    internal int Candidates => Math.Max(2, 1 + Eos.Count) * Beams;

    /// <summary>Sampling: how many tokens stay at least, so that with beams not all of them end the text.</summary>
    internal int LeastKept => Beams > 1 ? Eos.Count + 1 : 1;
}

public enum EarlyStopping
{
    /// <summary>When no hypothesis that is under way can, at its present length, beat the worst of those that are finished.</summary>
    Heuristic,

    /// <summary>When there are as many finished hypotheses as beams.</summary>
    First,

    /// <summary>When no hypothesis under way can beat the worst finished one at any length.</summary>
    Never,
}

public enum PositionRule
{
    /// <summary>The running count of tokens that are no padding, less one.</summary>
    Mask,

    /// <summary>The number of the column.</summary>
    Arange,

    /// <summary>The model counts on its own.</summary>
    None,
}
