using Parquet.Schema;

namespace Panda.Stream.Shards.Layout;

/// <summary>Parquet's names for the types of values.</summary>
internal static class ParquetType
{
    internal static string Of<T>() => Of(typeof(T));

    internal static string ListOf(string item) => $"LIST<{item}>";

    internal static string StructOf(IEnumerable<string> fields) => $"STRUCT<{string.Join(", ", fields)}>";

    /// <summary>The type of a column of some file.</summary>
    internal static string Of(Field field) => field switch
    {
        ListField list => ListOf(Of(list.Item)),
        StructField structure => StructOf(structure.Fields.Select(inner => $"{inner.Name} {Of(inner)}")),
        DataField { IsArray: false } data => Of(data.ClrType),
        _ => field.ToString(),
    };

    private static string Of(Type type) => type == typeof(ReadOnlyMemory<char>) ? "STRING"
        : type == typeof(int) ? "INT32"
        : type == typeof(long) ? "INT64"
        : type == typeof(float) ? "FLOAT"
        : type == typeof(double) ? "DOUBLE"
        : type == typeof(bool) ? "BOOLEAN"
        : type.Name.ToUpperInvariant();
}
