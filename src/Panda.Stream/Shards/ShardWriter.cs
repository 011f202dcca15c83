namespace Panda.Stream.Shards;

/// <summary>
/// The sink of a run: takes rows of every kind from any thread and cuts them into shards. Adding to a full shard waits
/// until it is on disk, so that no more than one shard of each kind is ever held.
/// </summary>
public sealed class ShardWriter
{
    private readonly Lock _lock = new();
    private readonly ShardMetadata _metadata;
    private readonly ShardBuffer<ClipRow> _clips;
    private readonly ShardBuffer<FilteredRow> _filtered;
    private readonly ShardBuffer<SegmentRow> _segments;
    private readonly ShardBuffer<FailedRow> _failed;
    private readonly WrittenRows _written = new();
    private ShardWriteException? _failure;
    private int _committed;
    private bool _completed;

    /// <param name="folder">The claimed output folder; it stays claimed by its owner.</param>
    /// <param name="metadata">Goes into every shard.</param>
    /// <param name="rowsPerShard">A shard is cut when it holds so many rows.</param>
    public ShardWriter(OutputFolder folder, ShardMetadata metadata, int rowsPerShard)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsPerShard, 1);
        _metadata = metadata;
        _clips = new(ShardTables.Clips, folder.Path, rowsPerShard);
        _filtered = new(ShardTables.Filtered, folder.Path, rowsPerShard);
        _segments = new(ShardTables.Segments, folder.Path, rowsPerShard);
        _failed = new(ShardTables.Failed, folder.Path, rowsPerShard);
    }

    /// <exception cref="ShardWriteException">A full shard could not be written; every later call says so again.</exception>
    public void Add(ClipRow row) => Add(_clips, row, _written.Count);

    /// <inheritdoc cref="Add(ClipRow)"/>
    public void Add(FilteredRow row) => Add(_filtered, row, _written.Count);

    /// <inheritdoc cref="Add(ClipRow)"/>
    public void Add(SegmentRow row) => Add(_segments, row, _written.Count);

    /// <inheritdoc cref="Add(ClipRow)"/>
    public void Add(FailedRow row) => Add(_failed, row, _written.Count);

    /// <summary>Writes what is held; a kind without rows gets no file. The answer counts everything that was added.</summary>
    /// <exception cref="ShardWriteException">A shard could not be written.</exception>
    public WrittenRows Complete()
    {
        lock (_lock)
        {
            ThrowIfFailed();
            _completed = true;
            WriteRest(_segments);
            WriteRest(_filtered);
            WriteRest(_failed);
            WriteRest(_clips);
            return _written;
        }
    }

    private void Add<TRow>(ShardBuffer<TRow> buffer, TRow row, Action<TRow> count)
    {
        ArgumentNullException.ThrowIfNull(row);
        lock (_lock)
        {
            ThrowIfFailed();
            if (_completed)
                throw new InvalidOperationException("shard writer: found a row after Complete(), expected none");
            count(row);
            if (buffer.Add(row))
                Write(buffer);
        }
    }

    private void WriteRest<TRow>(ShardBuffer<TRow> buffer)
    {
        if (buffer.Count > 0)
            Write(buffer);
    }

    private void Write<TRow>(ShardBuffer<TRow> buffer)
    {
        try
        {
            buffer.Write(_metadata);
            _committed++;
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            _failure = new(buffer.NextPath, buffer.Count, _committed, reason);
            throw _failure;
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
            throw new ShardWriteException(failure.ShardPath, failure.Rows, _committed, failure.InnerException!);
    }
}
