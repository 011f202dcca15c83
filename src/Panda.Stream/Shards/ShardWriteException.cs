namespace Panda.Stream.Shards;

/// <summary>A shard could not be written; the shards before it are complete and readable.</summary>
public sealed class ShardWriteException(string path, int rows, int committed, Exception reason)
    : IOException($"{path}: could not write {Plural.Of(rows, "row")} of {Path.GetFileName(Path.GetDirectoryName(path))}: {reason.Message} " +
        $"({committed} {(committed == 1 ? "shard" : "shards")} of this run before it can be read)", reason)
{
    /// <summary>The name the shard was to have.</summary>
    public string ShardPath { get; } = path;

    /// <summary>How many rows it was to hold.</summary>
    public int Rows { get; } = rows;
}
