using Panda.Stream.Captioning.Stages;
using Panda.Stream.Models.Tokenizers;

namespace Panda.Stream.Captioning;

/// <summary>A part of a prompt: the vectors of a stage's output, or tokens.</summary>
/// <param name="Tensor">The output's name; null when it is tokens.</param>
/// <param name="Ids">The tokens; none when it is a tensor.</param>
internal sealed record PromptPart(string? Tensor, IReadOnlyList<int> Ids);

/// <summary>Makes a teacher's prompt for a clip: segments in order, each tokenised on its own.</summary>
internal sealed class Prompt
{
    private readonly PromptCard _card;
    private readonly Tokenizer _tokenizer;
    private readonly int[] _start;

    internal Prompt(PromptCard card, Tokenizer tokenizer)
    {
        (_card, _tokenizer) = (card, tokenizer);
        Fields = new(card, tokenizer);
        _start = card.Bos ? [tokenizer.IdOf(card.BosToken)!.Value] : [];
    }

    internal PromptFields Fields { get; }

    internal IReadOnlyList<PromptPart> For(ClipWork clip)
    {
        var parts = new List<PromptPart>();
        var ids = new List<int>(_start);
        foreach (var segment in _card.Segments)
        {
            if (segment.When is { } field && string.IsNullOrWhiteSpace(Fields.Value(field, clip)))
                continue;
            if (segment.Tensor is { } tensor)
            {
                parts.Add(new(null, ids));
                parts.Add(new(tensor, []));
                ids = [];
            }
            else
            {
                ids.AddRange(_tokenizer.Encode(Fields.Fill(segment.Text!, clip), specials: false, segment.MaxTokens ?? int.MaxValue, segment.Cut));
            }
        }
        parts.Add(new(null, ids));
        return [.. parts.Where(part => part.Tensor is not null || part.Ids.Count > 0)];
    }
}
