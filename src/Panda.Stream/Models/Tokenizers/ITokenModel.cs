namespace Panda.Stream.Models.Tokenizers;

/// <summary>The part of a tokenizer that turns text without added tokens into ids, and the texts of tokens back into text.</summary>
internal interface ITokenModel
{
    IReadOnlyDictionary<string, int> Vocabulary { get; }

    void Encode(string text, List<int> ids);

    string Decode(IEnumerable<string> tokens);
}
