namespace Panda.Stream.Native.DuckDb;

/// <summary>The DuckDB types that the project stores, numbered as in duckdb.h.</summary>
internal enum DuckDbTypeId
{
    Boolean = 1,
    Integer = 4,
    BigInt = 5,
    Float = 10,
    Double = 11,
    Varchar = 17,
    List = 24,
    Struct = 25,
}

/// <summary>A column's type as a tree, read once so that each cell's access can be checked cheaply.</summary>
internal sealed record DuckDbType(DuckDbTypeId Id, DuckDbType[] Children)
{
    internal static DuckDbType Of(LogicalTypeHandle type)
    {
        var id = (DuckDbTypeId)DuckDbNative.duckdb_get_type_id(type);
        var children = id switch
        {
            DuckDbTypeId.List => [Take(DuckDbNative.duckdb_list_type_child_type(type))],
            DuckDbTypeId.Struct => Fields(type),
            _ => Array.Empty<DuckDbType>(),
        };
        return new(id, children);
    }

    private static DuckDbType[] Fields(LogicalTypeHandle type)
    {
        var fields = new DuckDbType[DuckDbNative.duckdb_struct_type_child_count(type)];
        for (var i = 0; i < fields.Length; i++)
            fields[i] = Take(DuckDbNative.duckdb_struct_type_child_type(type, (ulong)i));
        return fields;
    }

    private static DuckDbType Take(LogicalTypeHandle type)
    {
        using (type)
            return Of(type);
    }

    internal static DuckDbTypeId IdOf<T>() where T : unmanaged => default(T) switch
    {
        int => DuckDbTypeId.Integer,
        long => DuckDbTypeId.BigInt,
        float => DuckDbTypeId.Float,
        double => DuckDbTypeId.Double,
        _ => throw new NotSupportedException($"DuckDB column: found {typeof(T).Name}, expected int, long, float or double"),
    };

    internal void Require(DuckDbTypeId asked)
    {
        if (Id != asked)
            throw new InvalidCastException($"DuckDB column: found type {Id}, expected {asked}");
    }
}
