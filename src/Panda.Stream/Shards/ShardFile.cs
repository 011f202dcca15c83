using System.Globalization;
using System.IO.Compression;
using Panda.Stream.Native.Files;
using Panda.Stream.Shards.Layout;
using Parquet;
using Parquet.Schema;

namespace Panda.Stream.Shards;

/// <summary>Writes one Parquet file.</summary>
internal static class ShardFile
{
    // A reader holds one row group at a time.
    private const int RowsPerGroup = 10_000;

    internal static string PathOf(string output, string folder, int part) =>
        Path.Combine(output, folder, string.Create(CultureInfo.InvariantCulture, $"part-{part:D5}.parquet"));

    /// <summary>Writes the rows in their order; the file is whole and durable under its name when this returns, or absent when it throws.</summary>
    internal static void Write<TRow>(ShardTable<TRow> table, IReadOnlyList<TRow> rows, string path, ShardMetadata metadata) =>
        DurableFile.Write(path, temporary => WriteTo(temporary, table, rows, metadata).GetAwaiter().GetResult());

    private static async Task WriteTo<TRow>(string path, ShardTable<TRow> table, IReadOnlyList<TRow> rows, ShardMetadata metadata)
    {
        var schema = new ParquetSchema(table.Columns.Select(column => column.Field));
        var options = new ParquetOptions { CompressionMethod = CompressionMethod.Zstd, CompressionLevel = CompressionLevel.Optimal };
        foreach (var texts in schema.DataFields.Where(field => field.ClrType == typeof(ReadOnlyMemory<char>)))
            options.ColumnEncodingHints[texts.Path.ToString()] = EncodingHint.Dictionary;

        using var stream = ShardStream.Create(path);
        await using var file = await ParquetWriter.CreateAsync(schema, stream, options).ConfigureAwait(false);
        file.CustomMetadata = metadata.KeyValues;
        foreach (var part in rows.Chunk(RowsPerGroup))
        {
            using var group = file.CreateRowGroup();
            foreach (var column in table.Columns)
                await column.Write(group, part).ConfigureAwait(false);
        }
    }
}
