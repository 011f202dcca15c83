using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models;

/// <summary>A session of a card: opened, its tensors held against the card, and cast at its borders where it works in other types. Safe for use by several threads at once.</summary>
internal sealed class ModelSession : IDisposable
{
    private readonly Action _release;
    private readonly Dictionary<string, TensorInfo> _inputs;
    private int _disposed;

    /// <param name="onnx">The session.</param>
    /// <param name="isShared">Whether other cards may name it too.</param>
    /// <param name="release">Gives it back to where it is from.</param>
    internal ModelSession(OnnxSession onnx, bool isShared, Action release)
    {
        (Onnx, IsShared, _release) = (onnx, isShared, release);
        _inputs = onnx.Inputs.ToDictionary(input => input.Name);
    }

    internal OnnxSession Onnx { get; }

    internal bool IsShared { get; }

    internal bool Has(string input) => _inputs.ContainsKey(input);

    internal TensorElementType InputType(string input) => _inputs[input].ElementType;

    internal int RankOf(string input) => _inputs[input].Shape.Count;

    /// <summary>The value in the type that the input wants: itself, or another in its place.</summary>
    internal OnnxValue ToInput(string input, OnnxValue value)
    {
        var type = InputType(input);
        if (type == value.ElementType)
            return value;
        using (value)
            return value.To(type);
    }

    /// <summary>The value in 32-bit floats: itself, or another in its place.</summary>
    internal static OnnxValue ToFloat(OnnxValue value)
    {
        if (value.ElementType == TensorElementType.Float32 || !TensorCast.IsFloat(value.ElementType))
            return value;
        using (value)
            return value.To(TensorElementType.Float32);
    }

    /// <summary>Runs the model and returns the wanted outputs in their order, floats in 32 bits; inputs that the model does not have are left out. The caller disposes them.</summary>
    internal OnnxValue[] Run(ReadOnlySpan<OnnxInput> inputs, params ReadOnlySpan<string> outputs)
    {
        var given = new List<OnnxInput>();
        var cast = new List<OnnxValue>();
        try
        {
            foreach (var (name, value) in inputs)
            {
                if (!_inputs.TryGetValue(name, out var input))
                    continue;
                if (input.ElementType == value.ElementType)
                {
                    given.Add(new(name, value));
                    continue;
                }
                cast.Add(value.To(input.ElementType));
                given.Add(new(name, cast[^1]));
            }
            return Array.ConvertAll(Onnx.Run([.. given], outputs), ToFloat);
        }
        finally
        {
            cast.ForEach(value => value.Dispose());
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _release();
    }
}
