namespace Panda.Stream.Models.Tokenizers;

/// <summary>WordPiece as BERT has it: each word is cut into the longest known pieces from the left; pieces inside a word carry a prefix.</summary>
internal sealed class WordPiece : ITokenModel
{
    internal const string UsualPrefix = "##";

    private static readonly (string, string)[] CleanUps =
        [(" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re")];

    private readonly Dictionary<string, int> _vocabulary;
    private readonly int _unknown, _longestWord;
    private readonly string _prefix;

    internal WordPiece(JsonPart part)
    {
        _vocabulary = TokenModels.Vocabulary(part["vocab"]);
        _unknown = _vocabulary.TryGetValue(part.Text("unk_token"), out var id) ? id : throw part["unk_token"].Wrong("a token of model.vocab");
        _prefix = part.Maybe("continuing_subword_prefix")?.Text() ?? UsualPrefix;
        _longestWord = part.Maybe("max_input_chars_per_word")?.Number() ?? 100;
    }

    public IReadOnlyDictionary<string, int> Vocabulary => _vocabulary;

    public void Encode(string word, List<int> ids)
    {
        var before = ids.Count;
        if (word.EnumerateRunes().Take(_longestWord + 1).Count() <= _longestWord && AddPieces(word, ids))
            return;
        ids.RemoveRange(before, ids.Count - before);
        ids.Add(_unknown);
    }

    /// <summary>Takes out the blanks that stand before English punctuation and contractions.</summary>
    internal static string CleanUp(string text) =>
        text.Contains(' ', StringComparison.Ordinal) ? CleanUps.Aggregate(text, (current, rule) => current.Replace(rule.Item1, rule.Item2, StringComparison.Ordinal)) : text;

    private bool AddPieces(string word, List<int> ids)
    {
        for (var start = 0; start < word.Length;)
        {
            var end = word.Length;
            int id;
            while (!_vocabulary.TryGetValue(start == 0 ? word[..end] : _prefix + word[start..end], out id))
                if (--end == start)
                    return false;
            ids.Add(id);
            start = end;
        }
        return true;
    }
}
