using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Panda.Stream.Config.Binding;
using Panda.Stream.Models.Tokenizers;

namespace Panda.Stream.Captioning;

/// <summary>What a model that writes reads before it writes: texts and tensors in order.</summary>
public sealed partial record PromptCard
{
    /// <summary>Whether <see cref="BosToken"/> goes before everything.</summary>
    public bool Bos { get; init; }

    public string BosToken { get; init; } = "<s>";

    /// <summary>Whether {instruction} tells what is spoken in the clip.</summary>
    public bool Subtitles { get; init; }

    /// <summary>Whether {instruction} tells the video's title and description.</summary>
    public bool Metadata { get; init; }

    /// <summary>Texts that a card whose stage asks this model has by then, and gives; empty when it is asked by none.</summary>
    public IReadOnlyList<string> Given { get; init; } = [];

    /// <summary>Fields that are cut before they are put in.</summary>
    public IReadOnlyDictionary<string, FieldLimit> Limits { get; init; } = new Dictionary<string, FieldLimit>();

    /// <summary>How {times} says when the frames are.</summary>
    public TimesCard Times { get; init; } = new();

    [Length(1, 100)]
    public required IReadOnlyList<PromptSegment> Segments { get; init; }

    /// <summary>Whether clips have prompts of different lengths.</summary>
    internal bool HasFields => Segments.Any(segment => segment.When is not null || (segment.Text is { } text && Fields().IsMatch(text)));

    /// <summary>A field in a text: its name is the first group.</summary>
    [GeneratedRegex(@"\{(\w*)\}")]
    internal static partial Regex Fields();
}

/// <summary>A tensor that a stage made, or a text that is tokenised on its own.</summary>
public sealed record PromptSegment
{
    /// <summary>The vectors <c>visual_tokens</c>.</summary>
    public bool Visual { get; init; }

    /// <summary>The vectors of another output of a stage, [batch, tokens, width].</summary>
    public string? Slot { get; init; }

    /// <summary>May hold fields: {title}, {description}, {subtitles}, {instruction}, {frames} (how many), {times} (in seconds), and texts of stages.</summary>
    public string? Text { get; init; }

    /// <summary>The field without which the segment is left out.</summary>
    public string? When { get; init; }

    [Range(1, 1_000_000)]
    public int? MaxTokens { get; init; }

    /// <summary>The end of a longer text that is cut; by default where the tokenizer says.</summary>
    public TextSide? Cut { get; init; }

    /// <summary>The tensor's name; null for a text.</summary>
    internal string? Tensor => Visual ? "visual_tokens" : Slot;
}

/// <summary>How much of a field is put in.</summary>
public sealed record FieldLimit
{
    [Shorthand, Range(1, 1_000_000)]
    public required int MaxTokens { get; init; }

    /// <summary>The end that is cut.</summary>
    public TextSide Cut { get; init; }
}

public sealed record TimesCard
{
    /// <summary>Digits after the point, rounded half to even as Python does.</summary>
    [Range(0, 9)]
    public int Decimals { get; init; } = 1;

    public string Join { get; init; } = ", ";
}
