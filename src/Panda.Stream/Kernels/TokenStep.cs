using System.Runtime.InteropServices;
using Panda.Stream.Models.Generation;

namespace Panda.Stream.Kernels;

/// <summary>What sampling.cu reads beside the scores in one step of all searches of a batch, one part after the other in one block.</summary>
internal sealed class TokenStep
{
    private const int Alignment = 8;

    private readonly GenerationCard _card;
    private readonly IReadOnlyList<TokenQuestion> _questions;
    private readonly (IReadOnlyList<int> Prompt, OpenText Text)[] _rows;
    private readonly IReadOnlyList<int> _banned;
    private readonly int _vocabulary, _keep, _seenWords, _bannedAt, _seenAt;

    /// <param name="card">The rules.</param>
    /// <param name="questions">At least one.</param>
    /// <param name="vocabulary">Tokens of a row.</param>
    /// <param name="keep">Candidates of each search.</param>
    public TokenStep(GenerationCard card, IReadOnlyList<TokenQuestion> questions, int vocabulary, int keep)
    {
        (_card, _questions, _vocabulary, _keep) = (card, questions, vocabulary, keep);
        _rows = [.. questions.SelectMany(question => question.Rows.Select(row => (question.Prompt, row)))];
        _banned = Made < card.MinNew ? card.Eos : [];
        _seenWords = card.Repetition == 1 ? 0 : LogitsArguments.SeenWords(vocabulary);
        Part(nint.Size * Rows);
        Sums = Part(sizeof(double) * Rows);
        Randoms = Part(sizeof(double) * Items * keep);
        FirstRows = Part(sizeof(int) * (Items + 1));
        _bannedAt = Part(sizeof(int) * _banned.Count);
        _seenAt = Part(sizeof(uint) * _seenWords * Rows);
    }

    public int Items => _questions.Count;

    public int Rows => _rows.Length;

    /// <summary>Tokens that each text has.</summary>
    public int Made => _rows[0].Text.Ids.Count;

    private int Bytes { get; set; }

    /// <summary>Where a part begins: f64 sums of the rows.</summary>
    public int Sums { get; }

    /// <summary>Likewise f64 random numbers, so many an item as candidates.</summary>
    public int Randoms { get; }

    /// <summary>Likewise the items' first rows, and the end of the last.</summary>
    public int FirstRows { get; }

    /// <param name="block">Where the block lies.</param>
    /// <param name="type">Of the scores.</param>
    public LogitsArguments Logits(nint block, LogitsType type) => new(
        block, block + _bannedAt, _seenWords > 0 ? block + _seenAt : 0, Rows, _vocabulary, _banned.Count,
        LogitsArguments.ScaleOf(_card.Sample ? _card.Temperature : 1), _card.Repetition, type);

    public byte[] Write(CardScores scores)
    {
        var block = new byte[Bytes];
        var values = Of<nint>(block, 0, Rows);
        var sums = Of<double>(block, Sums, Rows);
        var seen = Of<uint>(block, _seenAt, _seenWords * Rows);
        for (var i = 0; i < Rows; i++)
        {
            (values[i], sums[i]) = (scores.Row(i), _rows[i].Text.Sum);
            if (_seenWords > 0)
                Mark(seen.Slice(i * _seenWords, _seenWords), _rows[i].Prompt.Concat(_rows[i].Text.Ids));
        }
        var firstRows = Of<int>(block, FirstRows, Items + 1);
        var randoms = Of<double>(block, Randoms, Items * _keep);
        for (var i = 0; i < Items; i++)
        {
            firstRows[i + 1] = firstRows[i] + _questions[i].Rows.Count;
            for (var draw = 0; draw < _keep; draw++)
                randoms[i * _keep + draw] = _card.Sample ? _questions[i].Draws.Ahead(draw) : 0;
        }
        _banned.ToArray().CopyTo(Of<int>(block, _bannedAt, _banned.Count));
        return block;
    }

    private void Mark(Span<uint> seen, IEnumerable<int> ids)
    {
        foreach (var id in ids)
            if ((uint)id < (uint)_vocabulary)
                seen[id / 32] |= 1u << id % 32;
    }

    private static Span<T> Of<T>(Span<byte> block, int at, int count) where T : unmanaged => MemoryMarshal.Cast<byte, T>(block[at..])[..count];

    private int Part(int bytes)
    {
        var at = Bytes;
        Bytes += (bytes + Alignment - 1) / Alignment * Alignment;
        return at;
    }
}
