namespace Panda.Stream.Shards.Ledger;

/// <summary>The shards that a ledger has sealed, as they lie on disk.</summary>
internal static class SealedShards
{
    /// <exception cref="LedgerException">One is missing or of another size than it was written.</exception>
    internal static void Check(string folder, LedgerFile ledger)
    {
        if (Damaged(folder, ledger).Select(shard => shard.How).FirstOrDefault() is { } damaged)
            throw new LedgerException($"{damaged}; put it back, or add --overwrite to start anew");
    }

    /// <summary>Those that are missing or of another size than they were written, in words.</summary>
    internal static IEnumerable<(string Path, string How)> Damaged(string folder, LedgerFile ledger) =>
        from shard in Of(folder, ledger)
        where SizeOf(shard.Path) != shard.Bytes
        select (shard.Path, $"{Differs(shard.Path, shard.Bytes)} that {ledger.Path} says were committed");

    /// <summary>The beginning of a sentence on a file that is not of the size that it should be.</summary>
    internal static string Differs(string path, long bytes) =>
        $"{path}: found {(SizeOf(path) is { } found ? Plural.Of(found, "byte") : "no such file")}, expected the {Plural.Of(bytes, "byte")}";

    internal static List<(string Path, long Bytes)> Of(string folder, LedgerFile ledger, string? kind = null) => ledger.Read(
        "SELECT kind, part, bytes FROM shards WHERE $1 IS NULL OR kind = $1",
        row => (ShardFile.PathOf(folder, row.GetString(0), row.GetInt32(1)), row.GetInt64(2)), kind);

    /// <summary>Bytes of a file; null where there is none.</summary>
    internal static long? SizeOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : null;
}
