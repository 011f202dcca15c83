using Microsoft.ML.OnnxRuntime.Tensors;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models.Generation;

/// <summary>A decoder's keys and values of the tokens so far, one pair a layer, each [rows, heads, tokens, head size], in the type that the decoder wants and in the memory where it works.</summary>
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

    /// <summary>The given rows of tensors that lie in one memory, each in a new one in its place.</summary>
    internal static void Gather(OnnxValue[] values, IReadOnlyList<int> rows)
    {
        var gathered = All(values.Length, i => values[i].Gather(rows));
        gathered[0].Memory.Wait();
        for (var i = 0; i < values.Length; i++)
            using (values[i])
                values[i] = gathered[i];
    }

    /// <summary>So many tensors, or, where there is no memory for all, none.</summary>
    internal static OnnxValue[] All(int count, Func<int, OnnxValue> make)
    {
        var made = new List<OnnxValue>(count);
        try
        {
            while (made.Count < count)
                made.Add(make(made.Count));
            return [.. made];
        }
        catch
        {
            made.ForEach(value => value.Dispose());
            throw;
        }
    }
}

/// <summary>Grows by what each pass reads: the decoder's outputs become its next inputs without a copy.</summary>
internal sealed class GrowingCache : KeyValueCache
{
    private readonly IReadOnlyList<string> _past, _present;
    private readonly OnnxMemory _memory;
    private OnnxValue[] _values;

    internal GrowingCache(CacheCard card, TensorElementType type, OnnxMemory memory, int rows)
    {
        (_past, _present, _memory) = (card.PastNames, card.PresentNames, memory);
        _values = All(_past.Count, _ => memory.Allocate(type, rows, card.Heads, 0, card.HeadSize));
    }

    internal override void BindPast(OnnxBinding binding)
    {
        for (var i = 0; i < _past.Count; i++)
            binding.Input(_past[i], _values[i]);
    }

    internal override void BindPresent(OnnxBinding binding)
    {
        foreach (var name in _present)
            binding.Output(name, _memory);
    }

    internal override void Take(ReadOnlySpan<OnnxValue> present)
    {
        Dispose();
        _values = present.ToArray();
    }

    internal override void Select(IReadOnlyList<int> rows) => Gather(_values, rows);

    public override void Dispose() => Array.ForEach(_values, value => value.Dispose());
}

/// <summary>Buffers of fixed length in which past and present are the same memory, and each pass writes behind what is there.</summary>
internal sealed class SharedCache : KeyValueCache
{
    private readonly IReadOnlyList<string> _past, _present;
    private readonly OnnxValue[] _buffers;
    private OnnxValue[] _views;

    internal SharedCache(CacheCard card, TensorElementType type, OnnxMemory memory, int rows, int length)
    {
        (_past, _present) = (card.PastNames, card.PresentNames);
        _buffers = All(_past.Count, _ => memory.Allocate(type, rows, card.Heads, length, card.HeadSize));
        foreach (var buffer in _buffers)
            buffer.Clear(); // what is not written yet is masked, but must be numbers
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
            buffer.MoveUp(rows);
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
    private readonly OnnxMemory _memory;
    private OnnxValue[] _values;

    /// <param name="card">The card.</param>
    /// <param name="type">The type that the decoder wants.</param>
    /// <param name="memory">Where the decoder works.</param>
    /// <param name="rows">Rows of the first pass.</param>
    internal CrossCache(CacheCard card, TensorElementType type, OnnxMemory memory, int rows)
    {
        (_past, _present, _memory) = (card.CrossPastNames, card.CrossPresentNames, memory);
        _values = KeyValueCache.All(_past.Count, _ => memory.Allocate(type, rows, card.Heads, 0, card.HeadSize));
    }

    internal void BindPast(OnnxBinding binding)
    {
        for (var i = 0; i < _past.Count; i++)
            binding.Input(_past[i], _values[i]);
    }

    internal void BindPresent(OnnxBinding binding)
    {
        foreach (var name in _present)
            binding.Output(name, _memory);
    }

    internal void Take(ReadOnlySpan<OnnxValue> present)
    {
        Dispose();
        _values = present.ToArray();
    }

    internal void Select(IReadOnlyList<int> rows) => KeyValueCache.Gather(_values, rows);

    public void Dispose() => Array.ForEach(_values, value => value.Dispose());
}
