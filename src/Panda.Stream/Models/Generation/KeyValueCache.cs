using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models.Generation;

/// <summary>A decoder's keys and values of the tokens so far, one pair a layer, each [rows, heads, tokens, head size], in the type that the decoder wants.</summary>
internal abstract class KeyValueCache : IDisposable
{
    /// <summary>Binds the decoder's past inputs to what is in the cache.</summary>
    internal abstract void BindPast(OnnxBinding binding);

    /// <summary>Binds the present outputs, in the order of the card.</summary>
    internal abstract void BindPresent(OnnxBinding binding);

    /// <summary>Takes the present outputs of a run, and owns them.</summary>
    internal abstract void Take(ReadOnlySpan<OnnxValue> present);

    /// <summary>Rows of the next pass: which of the present rows each continues. Not called when all go on in their places.</summary>
    internal abstract void Select(IReadOnlyList<int> rows);

    public abstract void Dispose();

    /// <summary>The given rows of a tensor, in a new one.</summary>
    internal static OnnxValue Gather(OnnxValue value, IReadOnlyList<int> rows)
    {
        var gathered = OnnxValue.Allocate(value.ElementType, [rows.Count, .. value.Shape[1..]]);
        ReadOnlySpan<byte> from = value.Bytes();
        var to = gathered.Bytes();
        var length = to.Length / rows.Count;
        for (var i = 0; i < rows.Count; i++)
            from.Slice(rows[i] * length, length).CopyTo(to.Slice(i * length, length));
        return gathered;
    }
}

/// <summary>Grows by what each pass reads: the decoder's outputs become its next inputs without a copy.</summary>
internal sealed class GrowingCache : KeyValueCache
{
    private readonly IReadOnlyList<string> _past, _present;
    private OnnxValue[] _values;

    internal GrowingCache(CacheCard card, TensorElementType type, int rows)
    {
        (_past, _present) = (card.PastNames, card.PresentNames);
        _values = [.. _past.Select(_ => OnnxValue.Allocate(type, rows, card.Heads, 0, card.HeadSize))];
    }

    internal override void BindPast(OnnxBinding binding)
    {
        for (var i = 0; i < _past.Count; i++)
            binding.Input(_past[i], _values[i]);
    }

    internal override void BindPresent(OnnxBinding binding)
    {
        foreach (var name in _present)
            binding.Output(name);
    }

    internal override void Take(ReadOnlySpan<OnnxValue> present)
    {
        Dispose();
        _values = present.ToArray();
    }

    internal override void Select(IReadOnlyList<int> rows) => Take(Array.ConvertAll(_values, value => Gather(value, rows)));

    public override void Dispose() => Array.ForEach(_values, value => value.Dispose());
}

/// <summary>Buffers of fixed length in which past and present are the same memory, and each pass writes behind what is there.</summary>
internal sealed class SharedCache : KeyValueCache
{
    private readonly IReadOnlyList<string> _past, _present;
    private readonly OnnxValue[] _buffers;
    private OnnxValue[] _views;

    internal SharedCache(CacheCard card, TensorElementType type, int rows, int length)
    {
        (_past, _present) = (card.PastNames, card.PresentNames);
        _buffers = [.. _past.Select(_ => OnnxValue.Allocate(type, rows, card.Heads, length, card.HeadSize))];
        foreach (var buffer in _buffers)
            buffer.Bytes().Clear(); // what is not written yet is masked, but must be numbers
        _views = View(rows);
    }

    internal override void BindPast(OnnxBinding binding)
    {
        for (var i = 0; i < _past.Count; i++)
            binding.Input(_past[i], _views[i]);
    }

    internal override void BindPresent(OnnxBinding binding)
    {
        for (var i = 0; i < _present.Count; i++)
            binding.Output(_present[i], _views[i]);
    }

    internal override void Take(ReadOnlySpan<OnnxValue> present)
    {
        foreach (var value in present)
            value.Dispose(); // another handle of what the views show
    }

    /// <summary>Moves rows up in their buffer: they may leave, but not change their order.</summary>
    internal override void Select(IReadOnlyList<int> rows)
    {
        foreach (var buffer in _buffers)
        {
            var bytes = buffer.Bytes();
            var length = bytes.Length / (int)buffer.Shape[0];
            for (var i = 0; i < rows.Count; i++)
                if (rows[i] != i)
                    bytes.Slice(rows[i] * length, length).CopyTo(bytes.Slice(i * length, length));
        }
        if (rows.Count == _views[0].Shape[0])
            return;
        Array.ForEach(_views, view => view.Dispose());
        _views = View(rows.Count);
    }

    public override void Dispose()
    {
        Array.ForEach(_views, view => view.Dispose());
        Array.ForEach(_buffers, buffer => buffer.Dispose());
    }

    private OnnxValue[] View(int rows) => Array.ConvertAll(_buffers, buffer => buffer.View([rows, .. buffer.Shape[1..]]));
}

/// <summary>The keys and values of the encoder's tokens: made by the first pass, then only read.</summary>
internal sealed class CrossCache : IDisposable
{
    private readonly IReadOnlyList<string> _past, _present;
    private OnnxValue[] _values;

    /// <param name="card">The card.</param>
    /// <param name="type">The type that the decoder wants.</param>
    /// <param name="rows">Rows of the first pass.</param>
    internal CrossCache(CacheCard card, TensorElementType type, int rows)
    {
        (_past, _present) = (card.CrossPastNames, card.CrossPresentNames);
        _values = [.. _past.Select(_ => OnnxValue.Allocate(type, rows, card.Heads, 0, card.HeadSize))];
    }

    internal void BindPast(OnnxBinding binding)
    {
        for (var i = 0; i < _past.Count; i++)
            binding.Input(_past[i], _values[i]);
    }

    internal void BindPresent(OnnxBinding binding)
    {
        foreach (var name in _present)
            binding.Output(name);
    }

    internal void Take(ReadOnlySpan<OnnxValue> present)
    {
        Dispose();
        _values = present.ToArray();
    }

    internal void Select(IReadOnlyList<int> rows) => Take(Array.ConvertAll(_values, value => KeyValueCache.Gather(value, rows)));

    public void Dispose() => Array.ForEach(_values, value => value.Dispose());
}
