using System.ComponentModel.DataAnnotations;

namespace Panda.Stream.Captioning;

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
