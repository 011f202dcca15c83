using Parquet;
using Parquet.Schema;

namespace Panda.Stream.Shards.Layout;

/// <summary>A Parquet file that is read, a row group at a time and of it only the columns that are asked for.</summary>
internal sealed class OpenShard : IDisposable
{
    private readonly ShardStream _stream;
    private readonly ParquetReader _file;
    private readonly ParquetSchema _schema;

    /// <exception cref="Exception">Of whatever kind, where the file is damaged or something else.</exception>
    internal OpenShard(string path)
    {
        _stream = ShardStream.OpenRead(path);
        try
        {
            FooterCheck.Of(_stream);
            _file = ParquetReader.CreateAsync(_stream).GetAwaiter().GetResult();
            _schema = _file.Schema;
            Count = _file.RowGroups.Sum(group => group.RowCount);
            if (Count == 0 || Count != _file.Metadata!.NumRows)
                throw new InvalidDataException($"found {Count} rows in its row groups, expected {Math.Max(1, _file.Metadata!.NumRows)}");
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    internal int Groups => _file.RowGroupCount;

    /// <summary>How many rows it has.</summary>
    internal long Count { get; }

    /// <summary>The rows of a row group.</summary>
    /// <param name="table">Whose rows they are.</param>
    /// <param name="group">Number of the row group.</param>
    /// <param name="videoId">Of which video; null for all.</param>
    /// <exception cref="InvalidDataException">A row holds what no run writes; names row and column.</exception>
    internal List<TRow> Rows<TRow>(ShardTable<TRow> table, int group, string? videoId = null)
    {
        var videos = videoId is null ? null : Rows(ShardTables.Only("video_id", table.Folder), group);
        if (videos is not null && !videos.Contains(videoId!))
            return [];
        var reader = _file.OpenRowGroupReader(group);
        var columns = new ReadColumns<TRow>([.. table.Columns.Select(column => column.Read(reader, column.In(_schema.Fields)).GetAwaiter().GetResult())]);
        var rows = new List<TRow>();
        for (var i = 0; i < reader.RowCount; i++)
            if (videos is null || videos[i] == videoId)
                rows.Add(Row(i));
            else
                columns.Skip();
        columns.End();
        return rows;

        TRow Row(long number)
        {
            try
            {
                var row = columns.Row(table.Row);
                return table.Unfit?.Invoke(row, rows) is { } reason ? throw reason : row;
            }
            catch (InvalidDataException unfit)
            {
                number += _file.RowGroups.Take(group).Sum(before => before.RowCount);
                throw new InvalidDataException($"row {number}: {unfit.Message}", unfit);
            }
        }
    }

    public void Dispose() => _stream.Dispose();
}
