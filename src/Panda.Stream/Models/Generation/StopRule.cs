using Panda.Stream.Models.Tokenizers;

namespace Panda.Stream.Models.Generation;

/// <summary>Where a text ends: at a token, a sequence of tokens or a text.</summary>
internal sealed class StopRule(GenerationCard card, Tokenizer? tokenizer)
{
    /// <summary>How many of the ids are the text, when they end one; null when it goes on.</summary>
    /// <param name="ids">The text so far and its newest token.</param>
    internal int? End(IReadOnlyList<int> ids)
    {
        if (card.Eos.Contains(ids[^1]))
            return ids.Count - 1;
        if (ids.Count <= card.MinNew)
            return null;
        foreach (var stop in card.StopIds)
            if (ids.Count >= stop.Count && ids.Skip(ids.Count - stop.Count).SequenceEqual(stop))
                return ids.Count - stop.Count;
        // The text may begin within a token: its ids stay, and the text is cut.
        return card.StopTexts.Count > 0 && IndexOfStop(tokenizer!.Decode(ids)) >= 0 ? ids.Count : null;
    }

    /// <summary>The text of ids, without leading ids that the card drops and without what stands from a stop on.</summary>
    internal string Text(IReadOnlyList<int> ids)
    {
        var text = tokenizer!.Decode(ids.SkipWhile(card.DropLeading.Contains));
        return IndexOfStop(text) is var end and >= 0 ? text[..end] : text;
    }

    private int IndexOfStop(string text) =>
        card.StopTexts.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
}
