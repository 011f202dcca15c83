using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models.Generation;

/// <summary>A decoder's keys and values of the tokens so far, one pair a layer, each [rows, heads, tokens, head size]. The decoder's outputs become its next inputs without a copy.</summary>
internal sealed class KeyValueCache : IDisposable
{
    private OnnxValue[] _values;

    private KeyValueCache(OnnxValue[] values) => _values = values;

    internal ReadOnlySpan<OnnxValue> Values => _values;

    /// <summary>Before the first token.</summary>
    internal static KeyValueCache Empty(CacheCard card, int rows) =>
        new([.. Enumerable.Range(0, 2 * card.Layers).Select(_ => OnnxValue.Allocate<float>(rows, card.Heads, 0, card.HeadSize))]);

    /// <summary>Takes what the decoder gave; the earlier values are released.</summary>
    internal void Replace(ReadOnlySpan<OnnxValue> present)
    {
        Dispose();
        _values = present.ToArray();
    }

    /// <summary>Lets rows go: only those whose places are given stay, in that order.</summary>
    internal void Keep(IReadOnlyList<int> rows) => Replace([.. _values.Select(value => Gather(value, rows))]);

    public void Dispose()
    {
        foreach (var value in _values)
            value.Dispose();
    }

    private static OnnxValue Gather(OnnxValue value, IReadOnlyList<int> rows)
    {
        var kept = OnnxValue.Allocate<float>([rows.Count, .. value.Shape[1..]]);
        ReadOnlySpan<float> from = value.Data<float>();
        var to = kept.Data<float>();
        var length = to.Length / rows.Count;
        for (var i = 0; i < rows.Count; i++)
            from.Slice(rows[i] * length, length).CopyTo(to.Slice(i * length, length));
        return kept;
    }
}
