namespace Panda.Stream.Shards;

/// <summary>The columns of <c>filtered/</c>: those of a clip, and the reason.</summary>
internal static class FilteredColumns
{
    internal static ShardTable<FilteredRow> Table { get; } = new(
        "filtered",
        [
            .. ClipColumns.All.Select(column => column.Within<FilteredRow>(row => row.Clip)),
            new("reason", "VARCHAR", "", "Which filter left the clip out, and the figures.", (row, slot) => slot.Set(row.Reason)),
        ],
        (a, b) => ClipColumns.ByIdentity(a.Clip, b.Clip),
        row => new(ClipColumns.Read(row), row[ClipColumns.All.Count].AsText));
}
