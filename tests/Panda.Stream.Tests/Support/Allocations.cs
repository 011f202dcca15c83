namespace Panda.Stream.Tests.Support;

/// <summary>Bytes that this thread has allocated on the managed heap since it was made.</summary>
/// <remarks>
/// A collection, which other tests' threads may bring about at any time, gives the rest of a thread's allocation buffer back
/// and counts it as allocated: <see cref="Slack"/> is what that can come to, with one that is under way and not counted yet.
/// </remarks>
public readonly struct Allocations()
{
    private const long BufferBytes = 8192;

    private readonly int _collections = GC.CollectionCount(0);
    private readonly long _before = GC.GetAllocatedBytesForCurrentThread();

    public long Bytes => GC.GetAllocatedBytesForCurrentThread() - _before;

    public long Slack => BufferBytes * (GC.CollectionCount(0) - _collections + 1);
}
