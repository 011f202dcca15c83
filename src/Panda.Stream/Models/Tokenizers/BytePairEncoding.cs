namespace Panda.Stream.Models.Tokenizers;

/// <summary>Byte-level BPE: the bytes of each word are merged pair by pair, the pair that was learnt first first.</summary>
/// <param name="vocabulary">Tokens, written in the <see cref="ByteAlphabet"/>.</param>
/// <param name="merges">Rank of each pair that may be merged.</param>
/// <param name="prefixBlank">Whether text that begins without a blank gets one.</param>
internal sealed class BytePairEncoding(
    IReadOnlyDictionary<string, int> vocabulary, IReadOnlyDictionary<(string Left, string Right), int> merges, bool prefixBlank) : ITokenModel
{
    public IReadOnlyDictionary<string, int> Vocabulary => vocabulary;

    public void Encode(string text, List<int> ids)
    {
        if (prefixBlank && text.Length > 0 && !char.IsWhiteSpace(text[0]))
            text = " " + text;
        foreach (var word in ByteLevelWords.Split(text))
            foreach (var token in Merge(ByteAlphabet.Encode(word)))
                if (vocabulary.TryGetValue(token, out var id)) // only a vocabulary without all 256 bytes can miss one
                    ids.Add(id);
    }

    public string Decode(IEnumerable<string> tokens) => ByteAlphabet.Decode(tokens);

    /// <summary>A queue by rank, then place, keeps long words from taking quadratic time; entries whose parts have changed meanwhile are passed over.</summary>
    private IEnumerable<string> Merge(string word)
    {
        var parts = new string?[word.Length]; // null: merged into a part before it
        for (var i = 0; i < word.Length; i++)
            parts[i] = word[i].ToString();
        var queue = new PriorityQueue<(int Left, int Right, string Text), (int Rank, int Left)>();
        for (var i = 0; i + 1 < word.Length; i++)
            Consider(i, i + 1);

        while (queue.TryDequeue(out var pair, out _))
        {
            if (parts[pair.Left] is not { } left || parts[pair.Right] is not { } right
                || left.Length + right.Length != pair.Text.Length || pair.Left + left.Length != pair.Right)
                continue;
            parts[pair.Left] = pair.Text;
            parts[pair.Right] = null;
            Consider(pair.Left, pair.Left + pair.Text.Length);
            if (Before(pair.Left) is var before and >= 0)
                Consider(before, pair.Left);
        }
        return parts.OfType<string>();

        void Consider(int left, int right)
        {
            if (right < parts.Length && merges.TryGetValue((parts[left]!, parts[right]!), out var rank))
                queue.Enqueue((left, right, parts[left] + parts[right]), (rank, left));
        }

        int Before(int index)
        {
            do
                index--;
            while (index >= 0 && parts[index] is null);
            return index;
        }
    }
}
