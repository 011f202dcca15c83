using Panda.Stream.Config.Binding;

namespace Panda.Stream.Captioning;

public enum PostOperation
{
    /// <summary>Blanks at both ends go.</summary>
    Strip,

    /// <summary>The first letter becomes a capital.</summary>
    Capitalise,

    /// <summary>Text that does not end a sentence gets a full stop.</summary>
    FullStop,
}

/// <summary>Which part of a text that is split stays.</summary>
public enum PostPart { First, Last }

/// <summary>One thing that is done to a teacher's text: an operation, or a split.</summary>
public sealed record PostCard
{
    [Shorthand]
    public PostOperation? Op { get; init; }

    /// <summary>Text at which the text is split.</summary>
    public string? SplitAt { get; init; }

    /// <summary>The part of a split that stays; a text that is not split stays whole.</summary>
    public PostPart Keep { get; init; }
}

/// <summary>What is done to a teacher's text, in the order of its card.</summary>
internal static class PostProcessing
{
    internal static string Apply(IEnumerable<PostCard> operations, string text) => operations.Aggregate(text, Apply);

    private static string Apply(string text, PostCard card)
    {
        if (card.SplitAt is { Length: > 0 } split)
        {
            var parts = text.Split(split);
            return card.Keep == PostPart.First ? parts[0] : parts[^1];
        }
        return card.Op switch
        {
            PostOperation.Strip => text.Trim(),
            PostOperation.Capitalise => text.Length > 0 ? char.ToUpperInvariant(text[0]) + text[1..] : text,
            PostOperation.FullStop => text.Length > 0 && text[^1] is not ('.' or '!' or '?') ? text + "." : text,
            _ => text,
        };
    }
}
