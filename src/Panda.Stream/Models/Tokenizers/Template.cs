namespace Panda.Stream.Models.Tokenizers;

/// <summary>The ids that go before and after a text: the post_processor of tokenizer.json.</summary>
internal sealed record Template(IReadOnlyList<int> Prefix, IReadOnlyList<int> Suffix)
{
    internal static readonly Template Empty = new([], []);

    internal static Template Read(JsonPart part) => part.Type switch
    {
        "Sequence" => part["processors"].Items().Select(Read).Aggregate(Empty, (inner, outer) => new([.. outer.Prefix, .. inner.Prefix], [.. inner.Suffix, .. outer.Suffix])),
        "ByteLevel" => Empty, // moves offsets only
        "TemplateProcessing" => ReadTemplate(part),
        "BertProcessing" or "RobertaProcessing" => new([Id(part["cls"])], [Id(part["sep"])]),
        _ => throw part["type"].Wrong("Sequence, ByteLevel, TemplateProcessing, BertProcessing or RobertaProcessing"),
    };

    private static Template ReadTemplate(JsonPart part)
    {
        List<int> prefix = [], suffix = [];
        var ids = prefix;
        foreach (var piece in part["single"].Items())
        {
            if (piece.Maybe("SpecialToken") is { } special)
                ids.AddRange(part["special_tokens"][special.Text("id")]["ids"].Items().Select(id => id.Number()));
            else if (piece.Maybe("Sequence") is not null && ids == prefix)
                ids = suffix; // the text itself
            else
                throw piece.Wrong("a SpecialToken or, once, a Sequence");
        }
        return ids == suffix ? new(prefix, suffix) : throw part["single"].Wrong("a Sequence, the text, among its parts");
    }

    /// <summary>A token is written as its text and its id.</summary>
    private static int Id(JsonPart part) => part.Items().ToArray() is [_, var id] ? id.Number() : throw part.Wrong("a token and its id");
}
