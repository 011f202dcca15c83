namespace Panda.Stream.Models.Tokenizers;

/// <summary>The models of tokenizer.json.</summary>
internal static class TokenModels
{
    internal static ITokenModel Read(JsonPart part)
    {
        // Old files leave the type out; only BPE has merges.
        var type = part.Maybe("type")?.Text() ?? (part.Maybe("merges") is null ? part.Type : "BPE");
        return type switch
        {
            "BPE" => new BytePairEncoding(part),
            "Unigram" => new Unigram(part),
            "WordPiece" => new WordPiece(part),
            _ => throw part["type"].Wrong("BPE, Unigram or WordPiece"),
        };
    }

    internal static Dictionary<string, int> Vocabulary(JsonPart part)
    {
        var vocabulary = new Dictionary<string, int>();
        foreach (var (token, id) in part.Members())
        {
            if (id.Number() < 0)
                throw id.Wrong("an id, 0 or more");
            if (!vocabulary.TryAdd(token, id.Number()))
                throw new TokenizerException($"{part.Place}: found '{token}' twice, expected every token once");
        }
        return vocabulary;
    }
}
