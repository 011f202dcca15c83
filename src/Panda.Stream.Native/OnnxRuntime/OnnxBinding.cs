namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>
/// A session's inputs and outputs bound to values: what stays bound from run to run is neither looked up nor copied again. An output may
/// be bound to the very value that an input reads, as a key-value cache in one buffer wants. For one thread at a time.
/// </summary>
public sealed unsafe class OnnxBinding : IDisposable
{
    private readonly OnnxSession _session;
    private readonly OrtIoBindingHandle _handle;
    private readonly OrderedDictionary<string, OnnxValue> _inputs = [];
    private readonly OrderedDictionary<string, (OnnxMemory Memory, bool IsAllocated)> _outputs = []; // in the order of GetBoundOutputValues

    public OnnxBinding(OnnxSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        _session = session;
        using var lease = session.Handle.Lease();
        nint created;
        OrtApi.CreateIoBinding(lease.Pointer, &created).Ok();
        _handle = new OrtIoBindingHandle(created);
    }

    /// <summary>What is bound to the inputs.</summary>
    public IEnumerable<(string Name, OnnxValue Value)> Inputs => _inputs.Select(input => (input.Key, input.Value));

    /// <summary>The outputs that a run gives, in its order.</summary>
    public IReadOnlyList<string> Outputs => _outputs.Keys;

    /// <summary>Binds an input, in place of what was bound to it before. The value must live until it is replaced or the binding disposed.</summary>
    public void Input(string name, OnnxValue value)
    {
        if (_inputs.TryGetValue(name, out var before) && ReferenceEquals(before, value))
            return;
        using var binding = _handle.Lease();
        using var bound = value.Handle.Lease();
        OrtApi.BindInput(binding.Pointer, _session.Name(name), bound.Pointer).Ok();
        _inputs[name] = value;
    }

    /// <summary>Binds an output to memory that is there already; its shape must be the one that the run makes.</summary>
    public void Output(string name, OnnxValue value)
    {
        using var binding = _handle.Lease();
        using var bound = value.Handle.Lease();
        OrtApi.BindOutput(binding.Pointer, _session.Name(name), bound.Pointer).Ok();
        _outputs[name] = (value.Memory, false);
    }

    /// <summary>Lets ONNX Runtime allocate an output at every run.</summary>
    /// <param name="name">The output.</param>
    /// <param name="memory">Where it is left.</param>
    public void Output(string name, OnnxMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        using var binding = _handle.Lease();
        OrtApi.BindOutputToDevice(binding.Pointer, _session.Name(name), memory.Info).Ok();
        _outputs[name] = (memory, true);
    }

    /// <summary>Forgets all outputs.</summary>
    public void ClearOutputs()
    {
        _outputs.Clear();
        using var binding = _handle.Lease();
        OrtApi.ClearBoundOutputs(binding.Pointer);
    }

    /// <summary>Runs the model on what is bound and gives all outputs in the order in which they were bound; the caller disposes them.</summary>
    /// <exception cref="OnnxRuntimeException">An input lacks, a shape or type does not fit, or an operator failed.</exception>
    public OnnxValue[] Run()
    {
        using var session = _session.Handle.Lease();
        using var binding = _handle.Lease();
        using var options = OnnxCall.LeaseOptions();
        OrtApi.RunWithBinding(session.Pointer, options.Pointer, binding.Pointer).Ok();
        nint* found;
        nuint count;
        OrtApi.GetBoundOutputValues(binding.Pointer, OnnxEnvironment.Allocator, &found, &count).Ok();
        var values = new OnnxValue[(int)count];
        for (var i = 0; i < values.Length; i++)
            values[i] = new OnnxValue(found[i], _outputs.GetAt(i).Value.Memory);
        if (count > 0)
            OrtApi.AllocatorFree(OnnxEnvironment.Allocator, found).Ok();
        // What a run allocated stays bound, and the next run would write into it.
        foreach (var (name, (memory, isAllocated)) in _outputs)
            if (isAllocated)
                OrtApi.BindOutputToDevice(binding.Pointer, _session.Name(name), memory.Info).Ok();
        return values;
    }

    public void Dispose() => _handle.Dispose();
}
