using Microsoft.ML.OnnxRuntime;

namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>
/// A session's inputs and outputs bound to values: what stays bound from run to run is neither looked up nor copied again. An output may
/// be bound to the very value that an input reads, as a key-value cache in one buffer wants. For one thread at a time.
/// </summary>
public sealed class OnnxBinding : IDisposable
{
    private readonly OnnxSession _session;
    private readonly OrtIoBinding _binding;
    private readonly OrderedDictionary<string, OnnxValue> _inputs = [];
    private readonly OrderedDictionary<string, (OnnxMemory Memory, bool IsAllocated)> _outputs = []; // in the order of GetOutputValues

    public OnnxBinding(OnnxSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        _session = session;
        var opened = session.Enter();
        try
        {
            _binding = opened.CreateIoBinding();
        }
        finally
        {
            session.Leave();
        }
    }

    /// <summary>What is bound to the inputs.</summary>
    public IEnumerable<(string Name, OnnxValue Value)> Inputs => _inputs.Select(input => (input.Key, input.Value));

    /// <summary>The outputs that a run gives, in its order.</summary>
    public IReadOnlyList<string> Outputs => _outputs.Keys;

    private OrtIoBinding Bound
    {
        get
        {
            ObjectDisposedException.ThrowIf(_binding.IsClosed, this);
            return _binding;
        }
    }

    /// <summary>Binds an input, in place of what was bound to it before. The value must live until it is replaced or the binding disposed.</summary>
    public void Input(string name, OnnxValue value)
    {
        if (_inputs.TryGetValue(name, out var before) && ReferenceEquals(before, value))
            return;
        Bound.BindInput(_session.Known(name), value.Value);
        _inputs[name] = value;
    }

    /// <summary>Binds an output to memory that is there already; its shape must be the one that the run makes.</summary>
    public void Output(string name, OnnxValue value)
    {
        Bound.BindOutput(_session.Known(name), value.Value);
        _outputs[name] = (value.Memory, false);
    }

    /// <summary>Lets ONNX Runtime allocate an output at every run.</summary>
    /// <param name="name">The output.</param>
    /// <param name="memory">Where it is left.</param>
    public void Output(string name, OnnxMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        Bound.BindOutputToDevice(_session.Known(name), memory.Info);
        _outputs[name] = (memory, true);
    }

    /// <summary>Forgets all outputs.</summary>
    public void ClearOutputs()
    {
        _outputs.Clear();
        Bound.ClearBoundOutputs();
    }

    /// <summary>Runs the model on what is bound and gives all outputs in the order in which they were bound; the caller disposes them.</summary>
    /// <exception cref="OnnxRuntimeException">An input lacks, a shape or type does not fit, or an operator failed.</exception>
    public OnnxValue[] Run()
    {
        var bound = Bound;
        var session = _session.Enter();
        try
        {
            session.RunWithBinding(OnnxCall.Options, bound);
        }
        finally
        {
            _session.Leave();
        }
        var results = bound.GetOutputValues();
        var values = new OnnxValue[results.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = new OnnxValue(results.ElementAt(i), _outputs.GetAt(i).Value.Memory);
        // What a run allocated stays bound, and the next run would write into it.
        foreach (var (name, (memory, isAllocated)) in _outputs)
            if (isAllocated)
                bound.BindOutputToDevice(name, memory.Info);
        return values;
    }

    public void Dispose() => _binding.Dispose();
}
