using Microsoft.ML.OnnxRuntime.Tensors;
using Panda.Stream.Models;
using Panda.Stream.Models.Generation;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Captioning.Stages;

/// <summary>A tensor of a batch of clips, [batch, ...], where and as a session made it.</summary>
/// <param name="make">Makes it when it is first asked for: what was kept with the clips may serve in the place of all that is made of it.</param>
/// <param name="keys">For each clip a name of what is in it; none when it cannot be shared.</param>
internal sealed class StageTensor(Func<OnnxValue> make, IReadOnlyList<string>? keys) : IDisposable
{
    private OnnxValue? _value, _floats;

    /// <param name="value">It, which it owns.</param>
    /// <param name="keys">The same.</param>
    internal StageTensor(OnnxValue value, IReadOnlyList<string>? keys) : this(() => value, keys) => _value = value;

    internal OnnxValue Value => _value ??= make();

    internal IReadOnlyList<string>? Keys => keys;

    /// <summary>In the machine's memory, in 32 bits.</summary>
    internal ReadOnlySpan<float> Floats => (Value.Memory == OnnxMemory.Host && Value.ElementType == TensorElementType.Float ? Value : _floats ??= Value.To(TensorElementType.Float)).Data<float>();

    public void Dispose()
    {
        _value?.Dispose();
        _floats?.Dispose();
    }

    /// <summary>One clip's part.</summary>
    internal static TensorRow Row(OnnxValue value, int row)
    {
        var length = value.Bytes().Length / (int)value.Shape[0];
        return new(value.ElementType, value.Shape[1..].ToArray(), value.Bytes().Slice(row * length, length).ToArray());
    }

    /// <summary>The parts of several clips as one tensor.</summary>
    /// <exception cref="ArgumentException">They are of different shapes.</exception>
    internal static OnnxValue Join(IReadOnlyList<TensorRow> rows)
    {
        if (rows.FirstOrDefault(row => !row.Shape.SequenceEqual(rows[0].Shape)) is { } other)
            throw new ArgumentException($"found tensors of [{string.Join(", ", rows[0].Shape)}] and [{string.Join(", ", other.Shape)}] for clips of one batch, expected one shape");
        var joined = OnnxValue.Allocate(rows[0].Type, [rows.Count, .. rows[0].Shape]);
        for (var i = 0; i < rows.Count; i++)
            rows[i].Bytes.CopyTo(joined.Bytes()[(i * rows[i].Bytes.Length)..]);
        return joined;
    }

    /// <summary>The value, or when it has one row only a copy with as many as make its numbers independent of their number.</summary>
    internal static OnnxValue WithEnoughRows(OnnxValue value) =>
        value.Shape[0] >= Decoding.LeastRows ? value : value.Gather([.. Enumerable.Repeat(0, Decoding.LeastRows)]);
}
