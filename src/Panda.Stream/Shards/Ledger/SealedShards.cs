namespace Panda.Stream.Shards.Ledger;

/// <summary>The shards that a ledger has sealed, as they lie on disk.</summary>
internal static class SealedShards
{
    /// <exception cref="LedgerException">One is missing or of another size than it was written.</exception>
    internal static void Check(string folder, LedgerFile ledger)
    {
        foreach (var (path, bytes) in Of(folder, ledger))
            if (SizeOf(path) is var size && size != bytes)
                throw new LedgerException($"{path}: found {(size is { } found ? $"{found} bytes" : "no such file")}, expected the {bytes} bytes that {ledger.Path} says were committed; put it back, or add --overwrite to start anew");
    }

    internal static List<(string Path, long Bytes)> Of(string folder, LedgerFile ledger, string? kind = null) => ledger.Read(
        "SELECT kind, part, bytes FROM shards WHERE $1 IS NULL OR kind = $1",
        row => (ShardFile.PathOf(folder, row.GetString(0), row.GetInt32(1)), row.GetInt64(2)), kind);

    /// <summary>Bytes of a file; null where there is none.</summary>
    internal static long? SizeOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : null;
}
