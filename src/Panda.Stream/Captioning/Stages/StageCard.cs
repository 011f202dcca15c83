using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Panda.Stream.Models.Tokenizers;

namespace Panda.Stream.Captioning.Stages;

/// <summary>
/// One call before a teacher writes: <c>run</c> a session on tensors, <c>ask</c> another model for a text, or read <c>tags</c> from
/// scores. What it makes has a name that later stages and the prompt use; <c>frames</c> is there from the start.
/// </summary>
public sealed partial record StageCard
{
    internal static IReadOnlyList<StageCard> VisionAlone { get; } = [new() { Run = "vision", Outputs = new Dictionary<string, string> { ["visual_tokens"] = "visual_tokens" } }];

    /// <summary>Whether a text can be the name of a folder beside a card's, and leads nowhere else.</summary>
    internal static bool IsName(string asked) => asked is not (".." or ".") && Name().IsMatch(asked);

    /// <summary>A session of the card.</summary>
    public string? Run { get; init; }

    /// <summary>run: which tensor goes into which input; without any, <c>frames</c> into <c>pixel_values</c>.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string> { ["pixel_values"] = "frames" };

    /// <summary>run: names of the tensors made, each with the output that it is.</summary>
    public IReadOnlyDictionary<string, string> Outputs { get; init; } = new Dictionary<string, string>();

    /// <summary>run: whether the frames of all clips are one batch: [batch, frames, ...] goes in as [batch x frames, ...] and comes back.</summary>
    public bool Fold { get; init; }

    /// <summary>A teacher, by its name: its text without a caption's post-processing of this card.</summary>
    public string? Ask { get; init; }

    /// <summary>ask: of the clip, or of single frames of this card's.</summary>
    public StageEach Each { get; init; }

    /// <summary>ask with <c>each: frame</c>: of every so manyth frame, from the first.</summary>
    [Range(1, 1000)]
    public int Every { get; init; } = 1;

    /// <summary>A tensor of scores: [batch, labels], or [batch, frames, labels], of which each label's largest counts.</summary>
    public string? Tags { get; init; }

    /// <summary>tags: a file with a label a line, in the order of the scores.</summary>
    public string? Labels { get; init; }

    /// <summary>tags: labels whose score's sigmoid is above this are told.</summary>
    [Range(0.0, 1.0)]
    public double Threshold { get; init; } = 0.5;

    /// <summary>ask and tags: the text's name.</summary>
    public string? Into { get; init; }

    /// <summary>ask: what is told of each answer: {text} and, of a frame, {seconds} into the clip.</summary>
    public string Line { get; init; } = "{text}";

    /// <summary>ask and tags: what stands between two of them.</summary>
    public string Join { get; init; } = ", ";

    [GeneratedRegex(@"^[\w.-]+\z")]
    private static partial Regex Name();
}

public enum StageEach { Clip, Frame }

/// <summary>A text that stages read as token ids, <c>text_ids</c> and <c>text_mask</c>, [batch, max_tokens], filled up on the right.</summary>
public sealed record StageTextCard
{
    /// <summary>May hold the fields of a prompt.</summary>
    public required string Text { get; init; }

    [Range(1, 1_000_000)]
    public required int MaxTokens { get; init; }

    /// <summary>The end of a longer text that is cut.</summary>
    public TextSide Cut { get; init; }

    /// <summary>Whether the tokenizer's own tokens go around it, such as [CLS] and [SEP].</summary>
    public bool Specials { get; init; }
}
