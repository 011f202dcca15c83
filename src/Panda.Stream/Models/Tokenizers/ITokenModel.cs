namespace Panda.Stream.Models.Tokenizers;

/// <summary>The part of a tokenizer that turns a word into ids.</summary>
internal interface ITokenModel
{
    IReadOnlyDictionary<string, int> Vocabulary { get; }

    void Encode(string word, List<int> ids);
}
