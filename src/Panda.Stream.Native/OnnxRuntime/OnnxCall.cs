namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>
/// One piece of work with a model, made of runs of sessions on the thread that began it, which any thread can end. Ambient,
/// because a teacher's call runs three sessions some tens of times, deep in its decoder, and the end is meant for all of it.
/// </summary>
public sealed unsafe class OnnxCall : IDisposable
{
    [ThreadStatic] private static OnnxCall? _current;

    private readonly OrtRunOptionsHandle _options;
    private readonly OnnxCall? _outer;
    private volatile OnnxCall? _inner; // a model may ask another
    private volatile bool _terminated;

    private OnnxCall()
    {
        nint options;
        OrtApi.CreateRunOptions(&options).Ok();
        _options = new(options);
        (_outer, _current) = (_current, this);
        if (_outer is null)
            return;
        _outer._inner = this;
        if (_outer._terminated)
            Terminate();
    }

    /// <summary>Begins it: every run of a session on this thread until <see cref="Dispose"/> belongs to it.</summary>
    public static OnnxCall Begin() => new();

    /// <summary>Ends the run under way at its next operator, an iteration of a loop included, and any later one at once; each throws <see cref="OnnxRuntimeException"/>.</summary>
    /// <remarks>One operator that computes for long is not interrupted: ONNX Runtime looks only between them.</remarks>
    public void Terminate()
    {
        _terminated = true;
        _inner?.Terminate();
        try
        {
            using var options = _options.Lease();
            OrtApi.RunOptionsSetTerminate(options.Pointer).Ok();
        }
        catch (ObjectDisposedException)
        {
            // It was over a moment before.
        }
    }

    /// <summary>On the thread that began it.</summary>
    public void Dispose()
    {
        _current = _outer;
        if (_outer is not null)
            _outer._inner = null;
        _options.Dispose();
    }

    /// <summary>The options of the call that this thread is in; null ones outside of any.</summary>
    internal static OrtLease LeaseOptions() => _current is { } call ? call._options.Lease() : default;
}
