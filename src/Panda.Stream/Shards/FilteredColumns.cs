namespace Panda.Stream.Shards;

/// <summary>The columns of <c>filtered/</c>: those of a clip, and the reason.</summary>
internal static class FilteredColumns
{
    internal static FilteredRow Row(Columns<FilteredRow> columns) => new(
        ClipColumns.Row(columns.Of(row => row.Clip)),
        columns.Text("filter", "", "Which filter left the clip out: min_score or harmful_words.", row => row.Filter),
        columns.Text("reason", "", "Why, in words and figures.", row => row.Reason));
}
