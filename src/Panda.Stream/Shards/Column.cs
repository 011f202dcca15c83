using Panda.Stream.Shards.Layout;
using Parquet;
using Parquet.Schema;

namespace Panda.Stream.Shards;

/// <summary>One column of a shard: what it is called, what it means, and how its values of many rows go into a Parquet file and come back.</summary>
/// <param name="name">Name in the file.</param>
/// <param name="type">Type in Parquet's words: STRING, INT32, LIST&lt;FLOAT&gt;…</param>
/// <param name="unit">Unit or form of the value; empty where the type says all.</param>
/// <param name="meaning">What it says.</param>
public abstract class Column<TRow>(string name, string type, string unit, string meaning)
{
    public string Name { get; } = name;

    public string Type { get; } = type;

    public string Unit { get; } = unit;

    public string Meaning { get; } = meaning;

    /// <summary>Its place in the schema of a file that is written.</summary>
    internal abstract Field Field { get; }

    internal abstract Task Write(ParquetRowGroupWriter group, IReadOnlyList<TRow> rows);

    /// <summary>Writes it as a field of the structs in a list in each row.</summary>
    internal virtual Task WriteOfItems<TOuter>(ParquetRowGroupWriter group, IReadOnlyList<TOuter> rows, Func<TOuter, IReadOnlyList<TRow>?> list) =>
        throw new NotSupportedException($"column {Name}: found {Type} in a struct, expected a plain value");

    /// <summary>Reads what a row group has of it.</summary>
    /// <param name="group">The row group.</param>
    /// <param name="found">The field of this name in the file's schema.</param>
    /// <param name="ofItem">The definition level of an item, where it is a field of structs in a list.</param>
    /// <exception cref="InvalidDataException">The field has another type.</exception>
    internal abstract Task<ColumnValues> Read(ParquetRowGroupReader group, Field found, int ofItem = 0);

    /// <summary>The field of this name among those of a file.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    internal Field In(IEnumerable<Field> fields) =>
        fields.FirstOrDefault(field => field.Name == Name) ?? throw new InvalidDataException($"column {Name}: found none of this name, expected {Type}");

    private protected InvalidDataException OfAnotherType(Field found) => new($"column {Name}: found type {ParquetType.Of(found)}, expected {Type}");

    /// <summary>Reads values of one type.</summary>
    /// <param name="group">The row group.</param>
    /// <param name="found">The column in the file.</param>
    /// <param name="leaf">Where in it the values are.</param>
    /// <param name="ofItem">The definition level of an item of a list.</param>
    private protected async Task<ColumnValues> Read<T>(ParquetRowGroupReader group, Field found, Field? leaf, int ofItem) where T : struct
    {
        if (leaf is not DataField { IsArray: false } field || field.ClrType != typeof(T))
            throw OfAnotherType(found);
        return await LeafValues<T>.Read(Name, group, field, ofItem).ConfigureAwait(false);
    }
}
