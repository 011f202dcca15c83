using Parquet;
using Parquet.Schema;

namespace Panda.Stream.Shards.Layout;

/// <summary>A column of lists of plain values; a list may be null.</summary>
internal sealed class ListColumn<TRow, TItem, T>(
    string name, string unit, string meaning, Func<TRow, IReadOnlyList<TItem>?> get, Func<TItem, T?> value)
    : Column<TRow>(name, ParquetType.ListOf(ParquetType.Of<T>()), unit, meaning)
    where T : struct
{
    private readonly ListField _list = new(name, new DataField(ListField.ElementName, typeof(T), isNullable: true));

    internal override Field Field => _list;

    internal override Task Write(ParquetRowGroupWriter group, IReadOnlyList<TRow> rows)
    {
        var values = new LevelledValues<T>((DataField)_list.Item);
        foreach (var row in rows)
            values.AddItems(get(row), value);
        return values.Write(group);
    }

    internal override Task<ColumnValues> Read(ParquetRowGroupReader group, Field found, int ofItem) =>
        Read<T>(group, found, (found as ListField)?.Item, found.MaxDefinitionLevel);
}
