using System.Text;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>SentencePiece's Unigram: of all ways to write a word in tokens the one whose scores, logarithms of probabilities, have the largest sum.</summary>
internal sealed class Unigram : ITokenModel
{
    /// <summary>How much worse than the worst token a character without a token is.</summary>
    private const double UnknownPenalty = 10;

    private readonly Dictionary<string, int> _vocabulary = [];
    private readonly List<double> _scores = [];
    private readonly Dictionary<(int Node, char Next), int> _children = [];
    private readonly List<int> _ends = [-1]; // the token that ends at each node of the trie
    private readonly int _unknown;
    private readonly double _unknownScore;
    private readonly ByteTokens? _bytes;

    internal Unigram(JsonPart part)
    {
        foreach (var entry in part["vocab"].Items())
        {
            if (entry.Items().ToArray() is not [var token, var score])
                throw entry.Wrong("a token and its score");
            if (!_vocabulary.TryAdd(token.Text(), _scores.Count))
                throw token.Wrong($"a token of its own: it is that of id {_vocabulary[token.Text()]} as well");
            AddToTrie(token.Text(), _scores.Count);
            _scores.Add(score.Score());
        }
        _unknown = part["unk_id"].Number();
        if (_unknown < 0 || _unknown >= _scores.Count)
            throw part["unk_id"].Wrong($"an id below {_scores.Count}");
        _unknownScore = _scores.Min() - UnknownPenalty;
        _bytes = ByteTokens.Read(part, _vocabulary);
    }

    public IReadOnlyDictionary<string, int> Vocabulary => _vocabulary;

    public void Encode(string word, List<int> ids)
    {
        var best = new (double Score, int Start, int Token)[word.Length + 1];
        best.AsSpan(1).Fill((0, -1, -1));
        for (var start = 0; start < word.Length;)
        {
            Rune.DecodeFromUtf16(word.AsSpan(start), out _, out var length);
            var known = false;
            for (int node = 0, end = start; end < word.Length && _children.TryGetValue((node, word[end]), out node);)
            {
                end++;
                if (_ends[node] is >= 0 and var token)
                {
                    Offer(start, end, _scores[token], token);
                    known |= end - start == length;
                }
            }
            if (!known)
                Offer(start, start + length, _unknownScore, _unknown);
            start += length;
        }

        var path = new Stack<(int Start, int End, int Token)>();
        for (var end = word.Length; end > 0; end = best[end].Start)
            path.Push((best[end].Start, end, best[end].Token));
        var unknownBefore = false;
        foreach (var (start, end, token) in path)
        {
            if (token != _unknown)
                ids.Add(token);
            else if (_bytes is not null)
                _bytes.Add(word.AsSpan(start, end - start), ids);
            else if (!unknownBefore)
                ids.Add(token); // a run of unknown characters is one token
            unknownBefore = token == _unknown;
        }

        // Of equally good ways the one whose last token is the longest stays: it comes first.
        void Offer(int start, int end, double score, int token)
        {
            if (best[end].Start < 0 || best[start].Score + score > best[end].Score)
                best[end] = (best[start].Score + score, start, token);
        }
    }

    private void AddToTrie(string token, int id)
    {
        var node = 0;
        foreach (var c in token)
        {
            if (!_children.TryGetValue((node, c), out var child))
            {
                _children[(node, c)] = child = _ends.Count;
                _ends.Add(-1);
            }
            node = child;
        }
        if (node > 0)
            _ends[node] = id;
    }
}
