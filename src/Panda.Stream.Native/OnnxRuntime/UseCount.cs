namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>
/// Counts the uses of an object of the package, which would free it in the middle of them: it ends once it has been disposed of and
/// nobody uses it any more. A field of its owner, never copied.
/// </summary>
internal struct UseCount
{
    private const int Disposed = 1, Use = 2;

    private int _state;

    internal readonly bool IsDisposed => (_state & Disposed) != 0;

    /// <summary>Begins a use.</summary>
    /// <exception cref="ObjectDisposedException">The owner has been disposed of.</exception>
    internal void Enter(object owner)
    {
        int state;
        do
        {
            state = Volatile.Read(ref _state);
            ObjectDisposedException.ThrowIf((state & Disposed) != 0, owner);
        }
        while (Interlocked.CompareExchange(ref _state, state + Use, state) != state);
    }

    /// <returns>Whether the object has to end now.</returns>
    internal bool Leave() => Interlocked.Add(ref _state, -Use) == Disposed;

    /// <returns>Whether the object has to end now.</returns>
    internal bool Dispose() => Interlocked.Or(ref _state, Disposed) == 0;
}
