using Parquet;
using Parquet.Schema;

namespace Panda.Stream.Shards.Layout;

/// <summary>A column of plain values, texts as memory of characters; any of them may be null.</summary>
internal sealed class FlatColumn<TRow, T>(string name, string unit, string meaning, Func<TRow, T?> get)
    : Column<TRow>(name, ParquetType.Of<T>(), unit, meaning)
    where T : struct
{
    private readonly DataField _field = new(name, typeof(T), isNullable: true);

    internal override Field Field => _field;

    internal override Task Write(ParquetRowGroupWriter group, IReadOnlyList<TRow> rows)
    {
        var values = new LevelledValues<T>(_field);
        foreach (var row in rows)
            values.Add(get(row));
        return values.Write(group);
    }

    internal override Task WriteOfItems<TOuter>(ParquetRowGroupWriter group, IReadOnlyList<TOuter> rows, Func<TOuter, IReadOnlyList<TRow>?> list)
    {
        var values = new LevelledValues<T>(_field);
        foreach (var row in rows)
            values.AddItems(list(row), get);
        return values.Write(group);
    }

    internal override Task<ColumnValues> Read(ParquetRowGroupReader group, Field found, int ofItem) => Read<T>(group, found, found, ofItem);
}
