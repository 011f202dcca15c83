using System.Runtime.InteropServices;

namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>A value for one input of a session.</summary>
public readonly record struct OnnxInput(string Name, OnnxValue Value);

/// <summary>A model opened for inference. <see cref="Run"/> may be called from several threads at once.</summary>
public sealed unsafe class OnnxSession : IDisposable
{
    private readonly OrtSessionHandle _handle;
    private readonly Dictionary<string, nint> _names = []; // UTF-8 copies, made once and freed with the session

    private OnnxSession(OrtSessionHandle handle, OnnxMemory memory)
    {
        (_handle, Memory) = (handle, memory);
        using var session = handle.Lease();
        Inputs = TensorInfoReader.Inputs(session.Pointer);
        Outputs = TensorInfoReader.Outputs(session.Pointer);
        foreach (var name in Inputs.Concat(Outputs).Select(tensor => tensor.Name).Distinct())
            _names[name] = Marshal.StringToCoTaskMemUTF8(name);
    }

    internal OrtSessionHandle Handle => _handle;

    /// <summary>Where it works, and where outputs can be left without being copied.</summary>
    public OnnxMemory Memory { get; }

    public IReadOnlyList<TensorInfo> Inputs { get; }

    public IReadOnlyList<TensorInfo> Outputs { get; }

    /// <summary>Opens an .onnx file.</summary>
    /// <param name="path">The file; weights beside it are found by their names in it.</param>
    /// <param name="intraOpThreads">Threads that may work on one operator; 1 runs everything on the caller's thread.</param>
    /// <param name="memory">Where it works: that of a card, or null for the machine's, on the CPU.</param>
    /// <exception cref="OnnxRuntimeException">The file is missing, is no model, is cut short or needs operators that this build lacks, or the card cannot be used.</exception>
    public static OnnxSession Open(string path, int intraOpThreads = 1, OnnxMemory? memory = null)
    {
        memory ??= OnnxMemory.Host;
        ArgumentOutOfRangeException.ThrowIfLessThan(intraOpThreads, 1);
        nint created;
        OrtApi.CreateSessionOptions(&created).Ok();
        using var ownedOptions = new OrtSessionOptionsHandle(created);
        using var options = ownedOptions.Lease();
        OrtApi.SetIntraOpNumThreads(options.Pointer, intraOpThreads).Ok();
        // Waiting threads must not burn the cores that decode the next frames.
        fixed (byte* key = "session.intra_op.allow_spinning"u8, off = "0"u8)
            OrtApi.AddSessionConfigEntry(options.Pointer, key, off).Ok();
        memory.AppendProvider(options.Pointer);

        using var environment = OnnxEnvironment.Handle.Lease();
        var file = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            OrtApi.CreateSession(environment.Pointer, (byte*)file, options.Pointer, &created).Ok();
        }
        finally
        {
            Marshal.FreeCoTaskMem(file);
        }
        return new OnnxSession(new OrtSessionHandle(created), memory);
    }

    /// <summary>Runs the model and returns the wanted outputs in their order; the caller disposes them.</summary>
    /// <exception cref="OnnxRuntimeException">A shape or type does not fit, or an operator failed.</exception>
    public OnnxValue[] Run(ReadOnlySpan<OnnxInput> inputs, params ReadOnlySpan<string> outputs)
    {
        using var session = _handle.Lease();
        var inputNames = stackalloc byte*[inputs.Length];
        var inputValues = stackalloc nint[inputs.Length];
        var outputNames = stackalloc byte*[outputs.Length];
        var results = stackalloc nint[outputs.Length];
        var leased = 0;
        try
        {
            for (; leased < inputs.Length; leased++)
            {
                inputNames[leased] = Name(inputs[leased].Name);
                var added = false;
                inputs[leased].Value.Handle.DangerousAddRef(ref added);
                inputValues[leased] = inputs[leased].Value.Handle.DangerousGetHandle();
            }
            for (var i = 0; i < outputs.Length; i++)
            {
                outputNames[i] = Name(outputs[i]);
                results[i] = 0; // ONNX Runtime allocates
            }
            using var options = OnnxCall.LeaseOptions();
            OrtApi.Run(session.Pointer, options.Pointer, inputNames, inputValues, (nuint)inputs.Length, outputNames, (nuint)outputs.Length, results).Ok();
        }
        finally
        {
            for (var i = 0; i < leased; i++)
                inputs[i].Value.Handle.DangerousRelease();
        }
        var values = new OnnxValue[outputs.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = new OnnxValue(results[i], OnnxMemory.Host);
        return values;
    }

    public void Dispose()
    {
        if (_handle.IsClosed)
            return;
        _handle.Dispose();
        foreach (var name in _names.Values)
            Marshal.FreeCoTaskMem(name);
        _names.Clear();
    }

    /// <summary>The native name of a tensor, alive as long as the session.</summary>
    internal byte* Name(string name) => _names.TryGetValue(name, out var text)
        ? (byte*)text
        : throw new ArgumentException($"found no tensor '{name}' in the session, expected one of {string.Join(", ", _names.Keys)}");
}
