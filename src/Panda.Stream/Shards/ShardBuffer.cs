namespace Panda.Stream.Shards;

/// <summary>The rows of the shard that is being filled, for one table; never more than one shard's.</summary>
internal sealed class ShardBuffer<TRow>(ShardTable<TRow> table, string outputFolder, int rowsPerShard)
{
    private readonly List<TRow> _rows = [];
    private int _part;

    /// <summary>The next shard's full path.</summary>
    internal string NextPath { get; private set; } = ShardFile.PathOf(outputFolder, table.Folder, 0);

    internal int Count => _rows.Count;

    /// <summary>True when the shard is full and is to be written before the next row.</summary>
    internal bool Add(TRow row)
    {
        _rows.Add(row);
        return _rows.Count == rowsPerShard;
    }

    internal void Write(ShardMetadata metadata)
    {
        // By identity, not by arrival: the order in which stages finish never shows in the output.
        _rows.Sort(table.ByIdentity);
        ShardFile.Write(table, _rows, NextPath, metadata);
        _rows.Clear();
        NextPath = ShardFile.PathOf(outputFolder, table.Folder, ++_part);
    }
}
