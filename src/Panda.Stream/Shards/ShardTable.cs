using System.Text;
using Panda.Stream.Native.DuckDb;

namespace Panda.Stream.Shards;

/// <summary>One kind of shard: the folder it lies in, its columns in order, the order of its rows, and how a row is read back.</summary>
/// <param name="Read">Makes a row from a result whose columns are <paramref name="Columns"/> in their order.</param>
public sealed record ShardTable<TRow>(
    string Folder, IReadOnlyList<Column<TRow>> Columns, Comparison<TRow> ByIdentity, Func<DuckDbResult, TRow> Read)
{
    /// <summary>The columns as a table for the README.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder("| column | type | unit | meaning |\n|---|---|---|---|\n");
        foreach (var column in Columns)
            text.Append($"| `{column.Name}` | `{column.SqlType}` | {column.Unit} | {column.Meaning} |\n");
        return text.ToString();
    }
}

/// <summary>The four kinds of shard that a run writes, and what each of their columns means.</summary>
public static class ShardTables
{
    public static ShardTable<ClipRow> Clips { get; } = ClipColumns.Table;

    public static ShardTable<FilteredRow> Filtered { get; } = FilteredColumns.Table;

    public static ShardTable<SegmentRow> Segments { get; } = SegmentColumns.Table;

    public static ShardTable<FailedRow> Failed { get; } = FailedColumns.Table;

    /// <summary>The folders of all four, in an output folder.</summary>
    public static IReadOnlyList<string> Folders { get; } = [Clips.Folder, Filtered.Folder, Segments.Folder, Failed.Folder];
}
