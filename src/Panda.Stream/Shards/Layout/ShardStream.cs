namespace Panda.Stream.Shards.Layout;

/// <summary>
/// A file as Parquet.Net is to see it. What it awaits is done when it asks, so that no thread waits for another. And it does not go on for
/// ever in a damaged file: a byte after the end is an error, not the -1 that it takes for a digit, and so is reading the whole file over and over.
/// </summary>
internal sealed class ShardStream : FileStream
{
    private const int MostPasses = 16;

    private readonly long _most;
    private long _read;

    private ShardStream(string path, FileMode mode, FileAccess access) : base(path, mode, access, FileShare.Read) => _most = MostPasses * Length;

    internal static ShardStream Create(string path) => new(path, FileMode.Create, FileAccess.Write);

    internal static ShardStream OpenRead(string path) => new(path, FileMode.Open, FileAccess.Read);

    public override int ReadByte()
    {
        Count(1);
        var value = base.ReadByte();
        return value >= 0 ? value : throw new EndOfStreamException($"found its end at byte {Length}, expected more of a page");
    }

    public override int Read(byte[] buffer, int offset, int count) => Count(base.Read(buffer, offset, count));

    public override int Read(Span<byte> buffer) => Count(base.Read(buffer));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer, offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer, offset, count);
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    private int Count(int bytes)
    {
        _read += bytes;
        return _read <= _most ? bytes : throw new InvalidDataException($"found pages that lead back to earlier ones: read {_read} bytes of {Length}");
    }
}
