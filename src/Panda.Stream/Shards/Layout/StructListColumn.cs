using Parquet;
using Parquet.Schema;

namespace Panda.Stream.Shards.Layout;

/// <summary>A column of lists of structs; a list may be null.</summary>
internal sealed class StructListColumn<TRow, TItem>(
    string name, string unit, string meaning, Func<TRow, IReadOnlyList<TItem>?> get, IReadOnlyList<Column<TItem>> fields)
    : Column<TRow>(name, ParquetType.ListOf(ParquetType.StructOf(fields.Select(field => $"{field.Name} {field.Type}"))), unit, meaning)
{
    internal override Field Field { get; } =
        new ListField(name, new StructField(ListField.ElementName, [.. fields.Select(field => field.Field)]));

    internal override async Task Write(ParquetRowGroupWriter group, IReadOnlyList<TRow> rows)
    {
        foreach (var field in fields)
            await field.WriteOfItems(group, rows, get).ConfigureAwait(false);
    }

    internal override async Task<ColumnValues> Read(ParquetRowGroupReader group, Field found, int ofItem)
    {
        if (found is not ListField { Item: StructField item })
            throw OfAnotherType(found);
        var values = new List<LeafValues>();
        foreach (var field in fields)
            values.Add((LeafValues)await field.Read(group, field.In(item.Fields), found.MaxDefinitionLevel).ConfigureAwait(false));
        return new StructListValues<TItem>(values);
    }
}
