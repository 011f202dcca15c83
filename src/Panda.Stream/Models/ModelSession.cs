using System.Diagnostics;
using Panda.Stream.Models.Devices;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models;

/// <summary>A session of a card: opened, its tensors held against the card, and cast at its borders where it works in other types. Safe for use by several threads at once.</summary>
internal sealed class ModelSession : IDisposable
{
    private readonly string _model;
    private readonly Action _release;
    private readonly ModelDevice? _device;
    private readonly Action<SessionCall>? _called;
    private readonly Dictionary<string, TensorInfo> _inputs;
    private int _disposed;

    /// <param name="onnx">The session.</param>
    /// <param name="model">The card's name.</param>
    /// <param name="name">Its name in the card.</param>
    /// <param name="isShared">Whether other cards may name it too.</param>
    /// <param name="release">Gives it back to where it is from.</param>
    /// <param name="options">Where it runs, and who is told of every call.</param>
    internal ModelSession(OnnxSession onnx, string model, string name, bool isShared, Action release, ModelOptions options)
    {
        (Onnx, _model, Name, IsShared, _release, _device, _called) = (onnx, model, name, isShared, release, options.Device, options.Called);
        _inputs = onnx.Inputs.ToDictionary(input => input.Name);
    }

    internal OnnxSession Onnx { get; }

    internal string Name { get; }

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
            _device?.BeforeCall();
            var begun = Stopwatch.GetTimestamp();
            var made = Onnx.Run([.. given], outputs);
            if (_called is not null)
                Report(given.Select(input => (input.Name, input.Value)), outputs.ToArray().Zip(made), begun);
            return Array.ConvertAll(made, ToFloat);
        }
        catch (OnnxRuntimeException error) when (_device is not null && ModelDevice.IsFault(error))
        {
            throw new DeviceException(_device, error.Message, error);
        }
        finally
        {
            cast.ForEach(value => value.Dispose());
        }
    }

    /// <summary>Runs what is bound.</summary>
    internal OnnxValue[] Run(OnnxBinding binding)
    {
        try
        {
            _device?.BeforeCall();
            var begun = Stopwatch.GetTimestamp();
            var made = binding.Run();
            if (_called is not null)
                Report(binding.Inputs, binding.Outputs.Zip(made), begun);
            return made;
        }
        catch (OnnxRuntimeException error) when (_device is not null && ModelDevice.IsFault(error))
        {
            throw new DeviceException(_device, error.Message, error);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _release();
    }

    private void Report(IEnumerable<(string Name, OnnxValue Value)> inputs, IEnumerable<(string Name, OnnxValue Value)> outputs, long begun)
    {
        var elapsed = Stopwatch.GetElapsedTime(begun);
        _called!(new(_model, Name, [.. inputs.Select(Describe)], [.. outputs.Select(Describe)], elapsed));

        static string Describe((string Name, OnnxValue Value) tensor) => $"{tensor.Name}: {tensor.Value.ElementType} [{string.Join(", ", tensor.Value.Shape.ToArray())}]";
    }
}
