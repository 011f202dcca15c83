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

/// <summary>What is done to a teacher's text, in the order of its card.</summary>
internal static class PostProcessing
{
    internal static string Apply(IEnumerable<PostOperation> operations, string text) => operations.Aggregate(text, Apply);

    private static string Apply(string text, PostOperation operation) => operation switch
    {
        PostOperation.Strip => text.Trim(),
        PostOperation.Capitalise => text.Length > 0 ? char.ToUpperInvariant(text[0]) + text[1..] : text,
        _ => text.Length > 0 && text[^1] is not ('.' or '!' or '?') ? text + "." : text,
    };
}
