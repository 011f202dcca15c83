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
        var cast = new List<OnnxValue>();
        try
        {
            var given = Given(inputs, cast);
            var names = outputs.ToArray();
            var made = Call(() => Onnx.Run(given, names), () => given.Select(input => (input.Name, input.Value)), names);
            return Array.ConvertAll(made, ToFloat);
        }
        finally
        {
            cast.ForEach(value => value.Dispose());
        }
    }

    /// <summary>Likewise, but the outputs are left in their own types and where the session works, for kernels or another session to read.</summary>
    internal OnnxValue[] RunThere(ReadOnlySpan<OnnxInput> inputs, params ReadOnlySpan<string> outputs)
    {
        var cast = new List<OnnxValue>();
        try
        {
            var given = Given(inputs, cast);
            // In the machine's memory a plain run leaves them there too, and costs less than a binding.
            if (Onnx.Memory == OnnxMemory.Host)
            {
                var names = outputs.ToArray();
                return Call(() => Onnx.Run(given, names), () => given.Select(input => (input.Name, input.Value)), names);
            }
            using var binding = new OnnxBinding(Onnx);
            foreach (var (name, value) in given)
                binding.Input(name, value);
            foreach (var output in outputs)
                binding.Output(output, Onnx.Memory);
            return Run(binding);
        }
        finally
        {
            cast.ForEach(value => value.Dispose());
        }
    }

    /// <summary>Runs what is bound.</summary>
    internal OnnxValue[] Run(OnnxBinding binding) => Call(binding.Run, () => binding.Inputs, binding.Outputs);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _release();
    }

    /// <summary>Those of the inputs that the model has, in the types that it wants; values that were made for that are added to <paramref name="cast"/>.</summary>
    private OnnxInput[] Given(ReadOnlySpan<OnnxInput> inputs, List<OnnxValue> cast)
    {
        var given = new List<OnnxInput>();
        foreach (var (name, value) in inputs)
        {
            if (!_inputs.TryGetValue(name, out var input))
                continue;
            if (input.ElementType != value.ElementType)
                cast.Add(value.To(input.ElementType));
            given.Add(new(name, input.ElementType == value.ElementType ? value : cast[^1]));
        }
        return [.. given];
    }

    private OnnxValue[] Call(Func<OnnxValue[]> run, Func<IEnumerable<(string Name, OnnxValue Value)>> inputs, IReadOnlyList<string> outputs)
    {
        try
        {
            _device?.BeforeCall();
            var begun = Stopwatch.GetTimestamp();
            var made = run();
            if (_called is not null)
                Report(inputs(), outputs.Zip(made), begun);
            return made;
        }
        catch (OnnxRuntimeException error) when (_device?.Fault(error) is { } fault)
        {
            throw fault;
        }
    }

    private void Report(IEnumerable<(string Name, OnnxValue Value)> inputs, IEnumerable<(string Name, OnnxValue Value)> outputs, long begun)
    {
        var elapsed = Stopwatch.GetElapsedTime(begun);
        _called!(new(_model, Name, [.. inputs.Select(Describe)], [.. outputs.Select(Describe)], elapsed));

        static string Describe((string Name, OnnxValue Value) tensor) => $"{tensor.Name}: {tensor.Value.ElementType} [{string.Join(", ", tensor.Value.Shape.ToArray())}]";
    }
}
