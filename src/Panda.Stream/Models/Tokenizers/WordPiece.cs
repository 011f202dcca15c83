namespace Panda.Stream.Models.Tokenizers;

/// <summary>WordPiece as BERT has it: each word is cut into the longest known pieces from the left; pieces inside a word carry a prefix.</summary>
internal sealed class WordPiece(
    IReadOnlyDictionary<string, int> vocabulary, string unknown, string prefix, int longestWord, Func<string, string> normalise, Func<string, IEnumerable<string>> split, bool cleanUp) : ITokenModel
{
    private static readonly (string, string)[] CleanUps =
        [(" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re")];

    public IReadOnlyDictionary<string, int> Vocabulary => vocabulary;

    public void Encode(string text, List<int> ids)
    {
        foreach (var word in split(normalise(text)))
        {
            var before = ids.Count;
            if (word.EnumerateRunes().Count() <= longestWord && AddPieces(word, ids))
                continue;
            ids.RemoveRange(before, ids.Count - before);
            ids.Add(vocabulary[unknown]);
        }
    }

    public string Decode(IEnumerable<string> tokens) => string.Concat(tokens.Select((token, i) =>
    {
        var text = i == 0 ? token : token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
        return cleanUp ? CleanUps.Aggregate(text, (current, rule) => current.Replace(rule.Item1, rule.Item2, StringComparison.Ordinal)) : text;
    }));

    private bool AddPieces(string word, List<int> ids)
    {
        for (var start = 0; start < word.Length;)
        {
            var end = word.Length;
            int id;
            while (!vocabulary.TryGetValue(start == 0 ? word[..end] : prefix + word[start..end], out id))
                if (--end == start)
                    return false;
            ids.Add(id);
            start = end;
        }
        return true;
    }
}
