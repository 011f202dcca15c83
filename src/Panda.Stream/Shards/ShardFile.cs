using System.Globalization;
using Panda.Stream.Native.DuckDb;
using Panda.Stream.Native.Files;

namespace Panda.Stream.Shards;

/// <summary>Writes one Parquet file through DuckDB.</summary>
internal static class ShardFile
{
    internal static string PathOf(string output, string folder, int part) =>
        Path.Combine(output, folder, string.Create(CultureInfo.InvariantCulture, $"part-{part:D5}.parquet"));

    /// <summary>Writes the rows in their order; the file is whole and durable under its name when this returns, or absent when it throws.</summary>
    internal static void Write<TRow>(
        DuckDbConnection database, ShardTable<TRow> table, IReadOnlyList<TRow> rows, string path, ShardMetadata metadata)
    {
        const string Staging = "shard";
        var columns = table.Columns.Select(column => $"{SqlText.Name(column.Name)} {column.SqlType}");
        database.Execute($"CREATE OR REPLACE TABLE {Staging} ({string.Join(", ", columns)})");
        try
        {
            Append(database, table, rows, Staging);
            // DuckDB's own temporary file is switched off: ours has a name that a later run knows how to sweep up.
            DurableFile.Write(path, temporary => database.Execute(
                $"COPY {Staging} TO {SqlText.Literal(temporary)} " +
                $"(FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false, KV_METADATA {metadata.ToSql()})"));
        }
        finally
        {
            database.Execute($"DROP TABLE IF EXISTS {Staging}");
        }
    }

    private static void Append<TRow>(DuckDbConnection database, ShardTable<TRow> table, IReadOnlyList<TRow> rows, string staging)
    {
        using var appender = database.Append(staging);
        foreach (var row in rows)
        {
            for (var i = 0; i < table.Columns.Count; i++)
                table.Columns[i].Write(row, appender[i]);
            appender.EndRow();
        }
        appender.Complete();
    }
}
