using Microsoft.ML.OnnxRuntime;

namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>
/// One piece of work with a model, made of runs of sessions on the thread that began it, which any thread can end. Ambient,
/// because a teacher's call runs three sessions some tens of times, deep in its decoder, and the end is meant for all of it.
/// </summary>
public sealed class OnnxCall : IDisposable
{
    private static readonly Lazy<RunOptions> Defaults = new(() => new());
    [ThreadStatic] private static OnnxCall? _current;

    private readonly RunOptions _options;
    private readonly OnnxCall? _outer;
    private volatile OnnxCall? _inner; // a model may ask another
    private volatile bool _terminated;

    private OnnxCall()
    {
        _ = OnnxEnvironment.Instance;
        _options = new();
        (_outer, _current) = (_current, this);
        if (_outer is null)
            return;
        _outer._inner = this;
        if (_outer._terminated)
            Terminate();
    }

    /// <summary>The options of the call that this thread is in, which live as long as it; outside of any those that end nothing.</summary>
    internal static RunOptions Options => _current?._options ?? Defaults.Value;

    /// <summary>Begins it: every run of a session on this thread until <see cref="Dispose"/> belongs to it.</summary>
    public static OnnxCall Begin() => new();

    /// <summary>Ends the run under way at its next operator, an iteration of a loop included, and any later one at once; each throws <see cref="OnnxRuntimeException"/>.</summary>
    /// <remarks>One operator that computes for long is not interrupted: ONNX Runtime looks only between them.</remarks>
    public void Terminate()
    {
        _terminated = true;
        _inner?.Terminate();
        var held = false;
        try
        {
            _options.DangerousAddRef(ref held);
            _options.Terminate = true;
        }
        catch (ObjectDisposedException)
        {
            // It was over a moment before.
        }
        finally
        {
            if (held)
                _options.DangerousRelease();
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
}
