using System.Text;
using Panda.Stream.Shards.Layout;

namespace Panda.Stream.Shards;

/// <summary>One kind of shard: the folder it lies in, its columns in order, and the order of its rows.</summary>
public sealed class ShardTable<TRow>
{
    /// <param name="folder">Its folder in a result.</param>
    /// <param name="byIdentity">The order of its rows.</param>
    /// <param name="row">Tells its columns and makes a row of them.</param>
    /// <param name="unfit">What is wrong with a row that is read, beside those that were read before it; null where anything can be.</param>
    internal ShardTable(string folder, Comparison<TRow> byIdentity, Func<Columns<TRow>, TRow> row, Func<TRow, List<TRow>, InvalidDataException?>? unfit = null)
    {
        (Folder, ByIdentity, Row, Unfit) = (folder, byIdentity, row, unfit);
        Columns = DeclaredColumns<TRow>.Of(row);
    }

    public string Folder { get; }

    public IReadOnlyList<Column<TRow>> Columns { get; }

    internal Comparison<TRow> ByIdentity { get; }

    internal Func<Columns<TRow>, TRow> Row { get; }

    internal Func<TRow, List<TRow>, InvalidDataException?>? Unfit { get; }

    /// <summary>The columns as a table for the README.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder("| column | type | unit | meaning |\n|---|---|---|---|\n");
        foreach (var column in Columns)
            text.Append($"| `{column.Name}` | `{column.Type}` | {column.Unit} | {column.Meaning} |\n");
        return text.ToString();
    }
}

/// <summary>The four kinds of shard that a run writes, and what each of their columns means.</summary>
public static class ShardTables
{
    public static ShardTable<ClipRow> Clips { get; } = new("clips", ClipColumns.ByIdentity, ClipColumns.Row, (row, _) => Unfit.Of(row));

    public static ShardTable<FilteredRow> Filtered { get; } = new(
        "filtered", (a, b) => ClipColumns.ByIdentity(a.Clip, b.Clip), FilteredColumns.Row, (row, _) => Unfit.Of(row.Clip));

    public static ShardTable<SegmentRow> Segments { get; } = new("segments", SegmentColumns.ByIdentity, SegmentColumns.Row, Unfit.Of);

    public static ShardTable<FailedRow> Failed { get; } = new("failed", FailedColumns.ByIdentity, FailedColumns.Row);

    /// <summary>The folders of all four, in an output folder.</summary>
    public static IReadOnlyList<string> Folders { get; } = [Clips.Folder, Filtered.Folder, Segments.Folder, Failed.Folder];

    /// <summary>A column of texts alone, of whatever table has it.</summary>
    internal static ShardTable<string> Only(string column, string folder) => new(folder, string.CompareOrdinal, columns => columns.Text(column, "", "", text => text));
}
