using System.Runtime.InteropServices;

namespace Panda.Stream.Native.DuckDb;

/// <summary>The rows of a statement, read forward one at a time.</summary>
public sealed unsafe class DuckDbResult : IDisposable
{
    private readonly DuckDbType[] _types;
    private DuckDbNative.Result _result;
    private ChunkHandle? _chunk;
    private int _row, _rows;
    private bool _disposed;

    internal DuckDbResult(DuckDbNative.Result result)
    {
        _result = result;
        var columns = (int)DuckDbNative.duckdb_column_count(&result);
        _types = new DuckDbType[columns];
        var names = new string[columns];
        for (var i = 0; i < columns; i++)
        {
            using var type = DuckDbNative.duckdb_column_logical_type(&result, (ulong)i);
            _types[i] = DuckDbType.Of(type);
            names[i] = Marshal.PtrToStringUTF8((nint)DuckDbNative.duckdb_column_name(&result, (ulong)i)) ?? "";
        }
        Columns = names;
    }

    public IReadOnlyList<string> Columns { get; }

    /// <summary>Goes to the next row; false when there is none.</summary>
    public bool Read()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (++_row < _rows)
            return true;
        do
        {
            _chunk?.Dispose();
            _chunk = DuckDbNative.duckdb_fetch_chunk(_result);
            _rows = _chunk.IsInvalid ? 0 : (int)DuckDbNative.duckdb_data_chunk_get_size(_chunk);
        } while (_rows == 0 && !_chunk.IsInvalid);
        _row = 0;
        return _rows > 0;
    }

    /// <summary>A cell of the current row; good until the next <see cref="Read"/>.</summary>
    public DuckDbCell this[int column]
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_row >= _rows)
                throw new InvalidOperationException("DuckDB result: found no current row, expected Read() to have returned true");
            var type = _types[column];
            return new(DuckDbNative.duckdb_data_chunk_get_vector(_chunk!, (ulong)column), type, (ulong)_row);
        }
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _chunk?.Dispose();
        fixed (DuckDbNative.Result* result = &_result)
            DuckDbNative.duckdb_destroy_result(result);
    }
}
