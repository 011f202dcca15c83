namespace Panda.Stream.Native.DuckDb;

/// <summary>Appends rows to a table in DuckDB's own vectors: set each column of a row, end the row, and complete at the end.</summary>
public sealed unsafe class DuckDbAppender : IDisposable
{
    private readonly AppenderHandle _appender;
    private readonly ChunkHandle _chunk;
    private readonly DuckDbType[] _types;
    private readonly string _table;
    private readonly ulong _capacity = DuckDbNative.duckdb_vector_size();
    private ulong _row;

    private DuckDbAppender(AppenderHandle appender, ChunkHandle chunk, DuckDbType[] types, string table) =>
        (_appender, _chunk, _types, _table) = (appender, chunk, types, table);

    internal static DuckDbAppender Open(ConnectionHandle connection, string table)
    {
        if (DuckDbNative.duckdb_appender_create(connection, null, table, out var appender) != 0)
        {
            using (appender)
                throw DuckDbException.From($"DuckDB could not append to {table}", DuckDbNative.duckdb_appender_error(appender));
        }
        appender.Hold(connection);
        var logical = new LogicalTypeHandle[DuckDbNative.duckdb_appender_column_count(appender)];
        try
        {
            for (var i = 0; i < logical.Length; i++)
                logical[i] = DuckDbNative.duckdb_appender_column_type(appender, (ulong)i);
            var pointers = Array.ConvertAll(logical, type => type.DangerousGetHandle());
            fixed (nint* first = pointers)
                return new(appender, DuckDbNative.duckdb_create_data_chunk(first, (ulong)pointers.Length),
                    Array.ConvertAll(logical, DuckDbType.Of), table);
        }
        finally
        {
            foreach (var type in logical)
                type?.Dispose();
        }
    }

    /// <summary>Where the current row's value of a column goes. Each column is to be set, to NULL when there is no value.</summary>
    public DuckDbSlot this[int column]
    {
        get
        {
            var type = _types[column];
            return new(DuckDbNative.duckdb_data_chunk_get_vector(_chunk, (ulong)column), type, _row);
        }
    }

    public void EndRow()
    {
        if (++_row == _capacity)
            FlushChunk();
    }

    /// <summary>Hands the last rows to the table.</summary>
    public void Complete()
    {
        if (_row > 0)
            FlushChunk();
        Ok(DuckDbNative.duckdb_appender_close(_appender));
    }

    private void FlushChunk()
    {
        DuckDbNative.duckdb_data_chunk_set_size(_chunk, _row);
        Ok(DuckDbNative.duckdb_append_data_chunk(_appender, _chunk));
        DuckDbNative.duckdb_data_chunk_reset(_chunk);
        _row = 0;
    }

    private void Ok(int state)
    {
        if (state != 0)
            throw DuckDbException.From($"DuckDB could not append to {_table}", DuckDbNative.duckdb_appender_error(_appender));
    }

    public void Dispose()
    {
        _chunk.Dispose();
        _appender.Dispose();
    }
}
