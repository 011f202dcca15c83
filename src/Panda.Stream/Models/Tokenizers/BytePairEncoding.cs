using System.Text;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>Byte-pair encoding: a word's characters are merged pair by pair, the pair that was learnt first first.</summary>
internal sealed class BytePairEncoding : ITokenModel
{
    private readonly Dictionary<string, int> _vocabulary;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids;
    private readonly Dictionary<(int Left, int Right), (int Rank, int Merged)> _merges;
    private readonly int? _unknown;
    private readonly bool _fuseUnknown, _wholeWords;
    private readonly string _prefix, _suffix;
    private readonly ByteTokens? _bytes;

    internal BytePairEncoding(JsonPart part)
    {
        if (part.Maybe("dropout") is { } dropout && dropout.Score() != 0)
            throw dropout.Wrong("null: merges that are left out at random are for training");
        _vocabulary = TokenModels.Vocabulary(part["vocab"]);
        _ids = _vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        if (part.Maybe("unk_token") is { } unknown)
            _unknown = _vocabulary.TryGetValue(unknown.Text(), out var id) ? id : throw unknown.Wrong("a token of model.vocab");
        (_fuseUnknown, _wholeWords) = (part.Flag("fuse_unk", false), part.Flag("ignore_merges", false));
        (_prefix, _suffix) = (part.Maybe("continuing_subword_prefix")?.Text() ?? "", part.Maybe("end_of_word_suffix")?.Text() ?? "");
        _bytes = ByteTokens.Read(part, _vocabulary);
        _merges = ReadMerges(part["merges"]);
    }

    public IReadOnlyDictionary<string, int> Vocabulary => _vocabulary;

    public void Encode(string word, List<int> ids)
    {
        if (_wholeWords && _vocabulary.TryGetValue(word, out var whole))
            ids.Add(whole);
        else
            Merge(Characters(word), ids);
    }

    private List<int> Characters(string word)
    {
        var ids = new List<int>(word.Length);
        var unknownBefore = false;
        for (var at = 0; at < word.Length;)
        {
            Rune.DecodeFromUtf16(word.AsSpan(at), out _, out var length);
            var character = word.AsSpan(at, length);
            var found = (at == 0 || _prefix.Length == 0) && (at + length < word.Length || _suffix.Length == 0)
                ? _ids.TryGetValue(character, out var id)
                : _vocabulary.TryGetValue((at > 0 ? _prefix : "") + character.ToString() + (at + length == word.Length ? _suffix : ""), out id);
            at += length;
            if (found)
                ids.Add(id);
            else if (_bytes is not null)
                _bytes.Add(character, ids);
            else if (_unknown is { } unknown && !(unknownBefore && _fuseUnknown))
                ids.Add(unknown); // without an unknown token the character is left out
            unknownBefore = !found && _bytes is null;
        }
        return ids;
    }

    /// <summary>A queue by rank, then place, keeps long words from taking quadratic time; entries whose parts have changed meanwhile are passed over.</summary>
    private void Merge(List<int> parts, List<int> ids)
    {
        const int Gone = -1;
        var count = parts.Count;
        var next = new int[count];
        var before = new int[count];
        var queue = new PriorityQueue<(int Left, int Merged), long>();
        for (var i = 0; i < count; i++)
            (next[i], before[i]) = (i + 1, i - 1);
        for (var i = 0; i + 1 < count; i++)
            Consider(i);

        while (queue.TryDequeue(out var pair, out _))
        {
            var left = pair.Left;
            if (parts[left] == Gone || next[left] == count || !_merges.TryGetValue((parts[left], parts[next[left]]), out var merge) || merge.Merged != pair.Merged)
                continue;
            var right = next[left];
            parts[left] = pair.Merged;
            parts[right] = Gone;
            next[left] = next[right];
            if (next[left] < count)
                before[next[left]] = left;
            Consider(left);
            if (before[left] >= 0)
                Consider(before[left]);
        }
        ids.AddRange(parts.Where(part => part != Gone));

        void Consider(int left)
        {
            if (next[left] < count && _merges.TryGetValue((parts[left], parts[next[left]]), out var merge))
                queue.Enqueue((left, merge.Merged), (long)merge.Rank << 32 | (uint)left);
        }
    }

    /// <summary>In new files a pair is a list of two tokens, in old ones a text with a blank between them.</summary>
    private Dictionary<(int, int), (int, int)> ReadMerges(JsonPart part)
    {
        var merges = new Dictionary<(int, int), (int, int)>();
        foreach (var merge in part.Items())
        {
            string[] pair = merge.Json.ValueKind == System.Text.Json.JsonValueKind.Array ? [.. merge.Items().Select(token => token.Text())] : merge.Text().Split(' ');
            if (pair.Length != 2)
                throw merge.Wrong("two tokens");
            var merged = pair[0] + (pair[1].StartsWith(_prefix, StringComparison.Ordinal) ? pair[1][_prefix.Length..] : pair[1]);
            merges.TryAdd((Id(pair[0], merge), Id(pair[1], merge)), (merges.Count, Id(merged, merge)));
        }
        return merges;
    }

    private int Id(string token, JsonPart merge) =>
        _vocabulary.TryGetValue(token, out var id) ? id : throw merge.Wrong($"tokens of model.vocab, which has no '{token}'");
}
