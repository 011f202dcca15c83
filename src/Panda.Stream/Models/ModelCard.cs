using System.ComponentModel.DataAnnotations;
using Panda.Stream.Captioning;
using Panda.Stream.Captioning.Stages;
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

    /// <summary>The device of <c>resources.devices</c> that it runs on alone, as long as that one works; null for any.</summary>
    [Length(1, 100)]
    public string? On { get; init; }

    /// <summary>Teachers and matchers only: the others are given their frames.</summary>
    public FrameSampling? Frames { get; init; }

    /// <summary>None: the model reads text alone.</summary>
    public PictureCard? Picture { get; init; }

    /// <summary>By name; a teacher may have none of its own but those that write.</summary>
    public required IReadOnlyDictionary<string, SessionCard> Sessions { get; init; }

    /// <summary>A teacher's calls before it writes, in order; without any, <c>vision</c> makes <c>visual_tokens</c> of the frames.</summary>
    public IReadOnlyList<StageCard>? Stages { get; init; }

    public TokenizerCard? Tokenizer { get; init; }

    public PromptCard? Prompt { get; init; }

    /// <summary>A text that stages read as token ids: <c>text_ids</c> and <c>text_mask</c>.</summary>
    public StageTextCard? Text { get; init; }

    public GenerationCard? Generation { get; init; }

    public CacheCard? Cache { get; init; }

    /// <summary>What is done to a teacher's text, in order.</summary>
    public IReadOnlyList<PostCard> Post { get; init; } = [];

    /// <summary>An embedder's own distances for splitting.</summary>
    public ThresholdsCard? Thresholds { get; init; }

    public ScoreCard? Score { get; init; }

    /// <summary>Where the model is from: free keys.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();

    internal (int Width, int Height) PictureSize => Picture is null ? default : (Picture.Size[0], Picture.Size[1]);

    /// <summary>The stages that are written, or those that stand for none.</summary>
    internal IReadOnlyList<StageCard> AllStages => Stages ?? (Kind == ModelKind.Teacher && Picture is not null ? StageCard.VisionAlone : []);
}

/// <summary>An ONNX file with its tensors: names to shapes, in which a word is a free dimension.</summary>
public sealed record SessionCard
{
    /// <summary>The name under which cards share the session: it is opened once, and what it makes of a clip is reused.</summary>
    [Length(1, 100)]
    public string? Id { get; init; }

    /// <summary>Relative to the card's folder.</summary>
    [Length(1, 1000)]
    public required string File { get; init; }

    public string? Sha256 { get; init; }

    /// <summary>Files beside it that hold its weights, as its graph names them, each with its SHA-256 or <c>unknown</c>.</summary>
    public IReadOnlyDictionary<string, string> Data { get; init; } = new Dictionary<string, string>();

    /// <summary>In what its floats are; the engine's own are 32-bit and are cast at its borders.</summary>
    public SessionPrecision Precision { get; init; }

    /// <summary>Where it should run; a build without such a device runs it on the CPU.</summary>
    public SessionDevice Device { get; init; }

    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Inputs { get; init; }

    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Outputs { get; init; }
}

public enum SessionPrecision { F32, F16, Bf16 }

public enum SessionDevice { Auto, Cpu, Gpu }

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

    /// <summary>What is done to a text before it: lower case, characters deleted, characters made blanks; in this order.</summary>
    public TextCleaning? Clean { get; init; }
}

/// <summary>What is done to a caption before a tokenizer sees it.</summary>
public sealed record TextCleaning
{
    public bool Lowercase { get; init; }

    /// <summary>Characters that are left out.</summary>
    public string Delete { get; init; } = "";

    /// <summary>Characters that become a blank.</summary>
    public string Blank { get; init; } = "";

    public string Apply(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return string.Concat((Lowercase ? text.ToLowerInvariant() : text).Where(c => !Delete.Contains(c, StringComparison.Ordinal)).Select(c => Blank.Contains(c, StringComparison.Ordinal) ? ' ' : c));
    }
}
