using System.Buffers;
using System.Text;

namespace Panda.Stream.Native.DuckDb;

/// <summary>The place of one value in a row that is being appended: a scalar, a list or a struct.</summary>
public readonly unsafe ref struct DuckDbSlot
{
    private readonly nint _vector;
    private readonly DuckDbType _type;
    private readonly ulong _row;

    internal DuckDbSlot(nint vector, DuckDbType type, ulong row) => (_vector, _type, _row) = (vector, type, row);

    public void SetNull()
    {
        DuckDbNative.duckdb_vector_ensure_validity_writable(_vector);
        DuckDbNative.duckdb_validity_set_row_invalid(DuckDbNative.duckdb_vector_get_validity(_vector), _row);
    }

    public void Set(bool? value) => SetScalar(DuckDbTypeId.Boolean, value);

    public void Set(int? value) => SetScalar(DuckDbTypeId.Integer, value);

    public void Set(long? value) => SetScalar(DuckDbTypeId.BigInt, value);

    public void Set(float? value) => SetScalar(DuckDbTypeId.Float, value);

    public void Set(double? value) => SetScalar(DuckDbTypeId.Double, value);

    /// <summary>Unpaired surrogates, which UTF-8 cannot hold, become U+FFFD.</summary>
    public void Set(string? value)
    {
        _type.Require(DuckDbTypeId.Varchar);
        if (value is null)
        {
            SetNull();
            return;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
        var length = Encoding.UTF8.GetBytes(value, buffer);
        fixed (byte* text = buffer)
            DuckDbNative.duckdb_vector_assign_string_element_len(_vector, _row, text, (ulong)length);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>A list of numbers of one type: int, long, float or double.</summary>
    public void Set<T>(IReadOnlyList<T>? values) where T : unmanaged
    {
        if (values is null)
        {
            SetNull();
            return;
        }
        var first = SetList(values.Count);
        first._type.Require(DuckDbType.IdOf<T>());
        var items = new Span<T>((T*)DuckDbNative.duckdb_vector_get_data(first._vector) + first._row, values.Count);
        if (values is T[] array)
            array.CopyTo(items);
        else
            for (var i = 0; i < values.Count; i++)
                items[i] = values[i];
    }

    /// <summary>A list of texts.</summary>
    public void Set(IReadOnlyList<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var first = SetList(values.Count);
        for (var i = 0; i < values.Count; i++)
            first.Next(i).Set(values[i]);
    }

    /// <summary>Makes the value a list of so many items; the answer is its first item's place, see <see cref="Next"/>.</summary>
    public DuckDbSlot SetList(int count)
    {
        _type.Require(DuckDbTypeId.List);
        var offset = DuckDbNative.duckdb_list_vector_get_size(_vector);
        var size = offset + (ulong)count;
        if (DuckDbNative.duckdb_list_vector_reserve(_vector, size) != 0 || DuckDbNative.duckdb_list_vector_set_size(_vector, size) != 0)
            throw new DuckDbException($"DuckDB: could not make room for a list of {count} items");
        ((DuckDbNative.ListEntry*)DuckDbNative.duckdb_vector_get_data(_vector))[_row] = new() { Offset = offset, Length = (ulong)count };
        return new(DuckDbNative.duckdb_list_vector_get_child(_vector), _type.Children[0], offset);
    }

    /// <summary>The place so many items further on in the same list.</summary>
    public DuckDbSlot Next(int items) => new(_vector, _type, _row + (ulong)items);

    /// <summary>A field of a struct, in the order of its declaration.</summary>
    public DuckDbSlot Field(int index)
    {
        _type.Require(DuckDbTypeId.Struct);
        var type = _type.Children[index];
        return new(DuckDbNative.duckdb_struct_vector_get_child(_vector, (ulong)index), type, _row);
    }

    private void SetScalar<T>(DuckDbTypeId type, T? value) where T : unmanaged
    {
        _type.Require(type);
        if (value is { } known)
            ((T*)DuckDbNative.duckdb_vector_get_data(_vector))[_row] = known;
        else
            SetNull();
    }
}
