using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>
/// The Precompiled normaliser: SentencePiece's table of replacements, a double-array trie (darts-clone) and the texts it points to.
/// As in the ecosystem, a cluster of under six bytes is looked up whole, by its shortest known beginning, and otherwise each character on its own.
/// </summary>
internal sealed class CharsMap
{
    private readonly uint[] _trie;
    private readonly byte[] _texts;

    /// <exception cref="FormatException">It is no such table.</exception>
    internal CharsMap(byte[] table)
    {
        var size = table.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(table) : 0;
        if (size is 0 || size % 4 != 0 || size + 4 > table.Length)
            throw new FormatException($"a trie of {size} bytes in a table of {table.Length}");
        _trie = new uint[size / 4];
        for (var i = 0; i < _trie.Length; i++)
            _trie[i] = BinaryPrimitives.ReadUInt32LittleEndian(table.AsSpan(4 + 4 * i));
        _texts = table[(4 + (int)size)..];
    }

    internal string Normalise(string text)
    {
        var result = new StringBuilder(text.Length);
        Span<char> units = stackalloc char[2];
        for (var at = 0; at < text.Length;)
        {
            var cluster = text.AsSpan(at, StringInfo.GetNextTextElementLength(text.AsSpan(at)));
            at += cluster.Length;
            if (Encoding.UTF8.GetByteCount(cluster) < 6 && Find(cluster) is { } whole)
            {
                result.Append(whole);
                continue;
            }
            foreach (var rune in cluster.EnumerateRunes())
            {
                var single = units[..rune.EncodeToUtf16(units)];
                if (Find(single) is { } replaced)
                    result.Append(replaced);
                else
                    result.Append(single);
            }
        }
        return result.ToString();
    }

    /// <summary>What the shortest known beginning of a short text is replaced by; null when there is none.</summary>
    private string? Find(ReadOnlySpan<char> text)
    {
        Span<byte> utf8 = stackalloc byte[8];
        var node = Offset(_trie[0]);
        foreach (var letter in utf8[..Encoding.UTF8.GetBytes(text, utf8)])
        {
            node ^= letter;
            if (letter == 0 || node >= _trie.Length || (_trie[node] & 0x800000FF) != letter)
                return null;
            var unit = _trie[node];
            node ^= Offset(unit);
            if ((unit & 0x100) == 0)
                continue;
            var start = node < _trie.Length ? (int)(_trie[node] & 0x7FFFFFFF) : int.MaxValue;
            if (start > _texts.Length)
                return null;
            var found = _texts.AsSpan(start);
            return Encoding.UTF8.GetString(found.IndexOf((byte)0) is >= 0 and var length ? found[..length] : found);
        }
        return null;
    }

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 0x200) >> 6);
}
