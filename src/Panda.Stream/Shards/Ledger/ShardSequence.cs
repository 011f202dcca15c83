namespace Panda.Stream.Shards.Ledger;

/// <summary>
/// One table of a result as a single sequence of rows, by the video's place in the input and the row's number in it, cut into
/// shards of equal size: which rows lie in which shard does not depend on when they came.
/// </summary>
internal sealed class ShardSequence<TRow>(
    ShardTable<TRow> table, LedgerFile ledger, string folder, ShardMetadata metadata, int rowsPerShard) : IShardSequence
{
    private int _sealed = ledger.Read("SELECT count(*) FROM shards WHERE kind = $1", row => row.GetInt32(0), table.Folder)[0];

    public int Sealed => _sealed;

    /// <summary>Writes every shard that the first so many videos, all of them finished, have filled.</summary>
    /// <remarks>
    /// The order of steps is what a kill or a power cut is survived by:
    /// 1. the file is written under a temporary name and synchronised; 2. it gets its name; 3. the folder is synchronised (all three by DurableFile);
    /// 4. one transaction of the ledger counts the shard in and lets its rows go; 5. the commit is synchronised.
    /// Up to 4 the rows are in the ledger and the file, whole or not, is written again with the same bytes; from 5 on it is never touched again.
    /// </remarks>
    public void Seal(int videos)
    {
        while (Staged(videos) == rowsPerShard)
        {
            var rows = ledger.Read("SELECT row, video, number FROM rows WHERE kind = $1 AND video < $2 ORDER BY video, number LIMIT $3",
                row => (Row: RowText.To<TRow>(row.GetString(0)), Video: row.GetInt32(1), Number: row.GetInt32(2)), table.Folder, videos, rowsPerShard);
            var path = Write(_sealed, [.. rows.Select(row => row.Row)]);
            var last = rows[^1];
            ledger.Write("INSERT INTO shards (kind, part, rows, bytes) VALUES ($1, $2, $3, $4)", table.Folder, _sealed, rows.Count, new FileInfo(path).Length);
            ledger.Write("DELETE FROM rows WHERE kind = $1 AND (video < $2 OR (video = $2 AND number <= $3))", table.Folder, last.Video, last.Number);
            ledger.Commit();
            _sealed++;
        }
    }

    /// <summary>Writes what finished videos have beyond the sealed shards; it stays in the ledger, and these files are written again when the run goes on.</summary>
    /// <returns>The files, with their bytes.</returns>
    public IReadOnlyList<(string Path, long Bytes)> WriteRest()
    {
        var written = new List<(string, long)>();
        for (var part = _sealed; ; part++)
        {
            var rows = ledger.Read("""
                SELECT row FROM rows JOIN videos ON ordinal = video
                WHERE kind = $1 AND state <> 'waiting' ORDER BY video, number LIMIT $2 OFFSET $3
                """, row => RowText.To<TRow>(row.GetString(0)), table.Folder, rowsPerShard, (part - _sealed) * rowsPerShard);
            if (rows.Count == 0)
                return written;
            var path = Write(part, rows);
            written.Add((path, new FileInfo(path).Length));
        }
    }

    /// <summary>Deletes the files of <see cref="WriteRest"/> and of a kill between a file and its commit.</summary>
    public void DropRest()
    {
        var known = SealedShards.Of(folder, ledger, table.Folder).Select(shard => shard.Path);
        foreach (var shard in ExistingResult.ShardsOf(folder, table.Folder).Except(known).ToList())
            File.Delete(shard);
    }

    private int Staged(int videos) => ledger.Read(
        "SELECT count(*) FROM (SELECT 1 FROM rows WHERE kind = $1 AND video < $2 LIMIT $3)", row => row.GetInt32(0), table.Folder, videos, rowsPerShard)[0];

    private string Write(int part, List<TRow> rows)
    {
        var path = ShardFile.PathOf(folder, table.Folder, part);
        try
        {
            ShardFile.Write(table, rows, path, metadata);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            var committed = ledger.Read("SELECT count(*) FROM shards", row => row.GetInt32(0))[0];
            throw new ShardWriteException(path, rows.Count, committed, reason);
        }
        return path;
    }
}

/// <summary>A <see cref="ShardSequence{TRow}"/> of whatever rows.</summary>
internal interface IShardSequence
{
    int Sealed { get; }

    void Seal(int videos);

    IReadOnlyList<(string Path, long Bytes)> WriteRest();

    void DropRest();
}
