using System.Text;

namespace Panda.Stream.Native.DuckDb;

/// <summary>One value of a result: a scalar, a list or a struct. Reading it as another type than it has is refused.</summary>
public readonly unsafe ref struct DuckDbCell
{
    private readonly nint _vector;
    private readonly DuckDbType _type;
    private readonly ulong _row;

    internal DuckDbCell(nint vector, DuckDbType type, ulong row) => (_vector, _type, _row) = (vector, type, row);

    public bool IsNull
    {
        get
        {
            var validity = DuckDbNative.duckdb_vector_get_validity(_vector);
            return validity is not null && (validity[_row / 64] >> (int)(_row % 64) & 1) == 0;
        }
    }

    public bool AsBool => *Data<bool>(DuckDbTypeId.Boolean);

    public int AsInt => *Data<int>(DuckDbTypeId.Integer);

    public long AsLong => *Data<long>(DuckDbTypeId.BigInt);

    public float AsFloat => *Data<float>(DuckDbTypeId.Float);

    public double AsDouble => *Data<double>(DuckDbTypeId.Double);

    public string AsText
    {
        get
        {
            // duckdb_string_t: a length, then up to 12 bytes in place, or a 4-byte prefix and a pointer.
            var text = (byte*)Data<(ulong, ulong)>(DuckDbTypeId.Varchar);
            var length = *(int*)text;
            return Encoding.UTF8.GetString(length <= 12 ? text + 4 : *(byte**)(text + 8), length);
        }
    }

    public string? TextOrNull => IsNull ? null : AsText;

    public int? IntOrNull => IsNull ? null : AsInt;

    public float? FloatOrNull => IsNull ? null : AsFloat;

    public double? DoubleOrNull => IsNull ? null : AsDouble;

    /// <summary>Number of items of a list.</summary>
    public int Count => (int)Data<DuckDbNative.ListEntry>(DuckDbTypeId.List)->Length;

    /// <summary>An item of a list.</summary>
    public DuckDbCell Item(int index)
    {
        var entry = *Data<DuckDbNative.ListEntry>(DuckDbTypeId.List);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, entry.Length, nameof(index));
        return new(DuckDbNative.duckdb_list_vector_get_child(_vector), _type.Children[0], entry.Offset + (ulong)index);
    }

    /// <summary>A field of a struct, in the order of its declaration.</summary>
    public DuckDbCell Field(int index)
    {
        _type.Require(DuckDbTypeId.Struct);
        if (index >= _type.Children.Length)
            throw new InvalidCastException($"DuckDB column: found a struct of {_type.Children.Length} fields, expected more; was it written by another version?");
        var type = _type.Children[index];
        return new(DuckDbNative.duckdb_struct_vector_get_child(_vector, (ulong)index), type, _row);
    }

    /// <summary>A list of numbers (int, long, float or double) without nulls, copied; null for a null list.</summary>
    public T[]? ListOrNull<T>() where T : unmanaged
    {
        if (IsNull)
            return null;
        var entry = *Data<DuckDbNative.ListEntry>(DuckDbTypeId.List);
        _type.Children[0].Require(DuckDbType.IdOf<T>());
        var items = (T*)DuckDbNative.duckdb_vector_get_data(DuckDbNative.duckdb_list_vector_get_child(_vector));
        return new ReadOnlySpan<T>(items + entry.Offset, (int)entry.Length).ToArray();
    }

    /// <summary>A list of texts, copied.</summary>
    public string[] Texts
    {
        get
        {
            var texts = new string[Count];
            for (var i = 0; i < texts.Length; i++)
                texts[i] = Item(i).AsText;
            return texts;
        }
    }

    private T* Data<T>(DuckDbTypeId asked) where T : unmanaged
    {
        _type.Require(asked);
        if (IsNull)
            throw new InvalidCastException($"DuckDB column: found NULL, expected a value of type {asked}");
        return (T*)DuckDbNative.duckdb_vector_get_data(_vector) + _row;
    }
}
