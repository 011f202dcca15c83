using Microsoft.ML.OnnxRuntime;

namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>A value for one input of a session.</summary>
public readonly record struct OnnxInput(string Name, OnnxValue Value);

/// <summary>A model opened for inference. <see cref="Run"/> may be called from several threads at once; a session that is disposed of meanwhile ends after them.</summary>
public sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;
    private UseCount _uses;

    private OnnxSession(InferenceSession session, OnnxMemory memory)
    {
        (_session, Memory) = (session, memory);
        Inputs = [.. session.InputNames.Select(name => TensorInfo.Of(name, session.InputMetadata[name]))];
        Outputs = [.. session.OutputNames.Select(name => TensorInfo.Of(name, session.OutputMetadata[name]))];
    }

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
        _ = OnnxEnvironment.Instance;
        using var options = new SessionOptions { IntraOpNumThreads = intraOpThreads };
        // Waiting threads must not burn the cores that decode the next frames.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        memory.AppendProvider(options);
        return new OnnxSession(new InferenceSession(path, options), memory);
    }

    /// <summary>Runs the model and returns the wanted outputs in their order; the caller disposes them.</summary>
    /// <exception cref="OnnxRuntimeException">A shape or type does not fit, or an operator failed.</exception>
    public OnnxValue[] Run(ReadOnlySpan<OnnxInput> inputs, params string[] outputs)
    {
        var names = new string[inputs.Length];
        var values = new OrtValue[inputs.Length];
        var used = 0;
        var session = Enter();
        try
        {
            for (; used < inputs.Length; used++)
                (names[used], values[used]) = (Known(inputs[used].Name), inputs[used].Value.Enter());
            foreach (var output in outputs)
                Known(output);
            var results = session.Run(OnnxCall.Options, names, values, outputs);
            var made = new OnnxValue[outputs.Length];
            for (var i = 0; i < made.Length; i++)
                made[i] = new OnnxValue(results.ElementAt(i), OnnxMemory.Host);
            return made;
        }
        finally
        {
            for (var i = 0; i < used; i++)
                inputs[i].Value.Leave();
            Leave();
        }
    }

    public void Dispose()
    {
        if (_uses.Dispose())
            _session.Dispose();
    }

    /// <summary>The session, alive until <see cref="Leave"/>.</summary>
    internal InferenceSession Enter()
    {
        _uses.Enter(this);
        return _session;
    }

    internal void Leave()
    {
        if (_uses.Leave())
            _session.Dispose();
    }

    /// <summary>A name that a tensor of the session has.</summary>
    internal string Known(string name) => _session.InputMetadata.ContainsKey(name) || _session.OutputMetadata.ContainsKey(name)
        ? name
        : throw new ArgumentException($"found no tensor '{name}' in the session, expected one of {string.Join(", ", _session.InputNames.Concat(_session.OutputNames))}");
}
