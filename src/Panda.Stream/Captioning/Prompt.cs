using System.Text.RegularExpressions;
using Panda.Stream.Models.Tokenizers;

namespace Panda.Stream.Captioning;

/// <summary>The tokens of a prompt before and after the visual tokens.</summary>
internal sealed record PromptTokens(IReadOnlyList<int> Before, IReadOnlyList<int> After);

/// <summary>Makes a teacher's prompt for a clip: segments in order, each tokenised on its own.</summary>
internal sealed partial class Prompt
{
    private readonly PromptCard _card;
    private readonly Tokenizer _tokenizer;
    private readonly int[] _start;

    internal Prompt(PromptCard card, Tokenizer tokenizer)
    {
        (_card, _tokenizer) = (card, tokenizer);
        _start = card.Bos ? [tokenizer.IdOf(PromptCard.BosToken)!.Value] : [];
    }

    internal PromptTokens For(CaptionRequest request)
    {
        var before = new List<int>(_start);
        var after = new List<int>();
        var ids = before;
        foreach (var segment in _card.Segments)
        {
            if (segment.When is { } field && string.IsNullOrWhiteSpace(Value(field, request)))
                continue;
            if (segment.Visual)
                ids = after;
            else
                ids.AddRange(_tokenizer.Encode(Fill(segment.Text!, request), specials: false, segment.MaxTokens ?? int.MaxValue));
        }
        return new(before, after);
    }

    /// <summary>Puts the fields in, in one pass: what a title says in braces is text.</summary>
    private static string Fill(string text, CaptionRequest request) =>
        Fields().Replace(text, match => Value(Enum.Parse<PromptField>(match.Groups[1].Value, ignoreCase: true), request));

    private static string Value(PromptField field, CaptionRequest request) => field switch
    {
        PromptField.Title => request.Title,
        PromptField.Description => request.Description,
        _ => request.Subtitles,
    };

    [GeneratedRegex(@"\{(title|description|subtitles)\}")]
    private static partial Regex Fields();
}
