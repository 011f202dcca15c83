namespace Panda.Stream.Shards;

/// <summary>The columns of <c>filtered/</c>: those of a clip, and the reason.</summary>
internal static class FilteredColumns
{
    internal static ShardTable<FilteredRow> Table { get; } = new(
        "filtered",
        [
            .. ClipColumns.All.Select(column => column.Within<FilteredRow>(row => row.Clip)),
            new("filter", "VARCHAR", "", "Which filter left the clip out: min_score or harmful_words.", (row, slot) => slot.Set(row.Filter)),
            new("reason", "VARCHAR", "", "Why, in words and figures.", (row, slot) => slot.Set(row.Reason)),
        ],
        (a, b) => ClipColumns.ByIdentity(a.Clip, b.Clip),
        row => new(ClipColumns.Read(row), row[ClipColumns.All.Count].AsText, row[ClipColumns.All.Count + 1].AsText));
}
