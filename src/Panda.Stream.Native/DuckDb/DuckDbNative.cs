using System.Runtime.InteropServices;

namespace Panda.Stream.Native.DuckDb;

/// <summary>The functions of duckdb.h that this project calls, under their C names. A state of 0 is success.</summary>
internal static unsafe partial class DuckDbNative
{
    private const string Library = NativeLibraries.DuckDb;

    /// <summary>DuckDB's duckdb_result: five deprecated words and the pointer that matters; passed by value to duckdb_fetch_chunk.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Result
    {
        public ulong ColumnCount, RowCount, RowsChanged;
        public nint Columns, ErrorMessage, InternalData;
    }

    /// <summary>Where one row's list lies in the list vector's child.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ListEntry
    {
        public ulong Offset, Length;
    }

    [LibraryImport(Library)] internal static partial byte* duckdb_library_version();
    [LibraryImport(Library)] internal static partial void duckdb_free(nint memory);

    [LibraryImport(Library)] internal static partial int duckdb_create_config(out ConfigHandle config);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial int duckdb_set_config(ConfigHandle config, string name, string value);
    [LibraryImport(Library)] internal static partial void duckdb_destroy_config(ref nint config);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial int duckdb_open_ext(string path, out DatabaseHandle database, ConfigHandle config, out nint error);
    [LibraryImport(Library)] internal static partial void duckdb_close(ref nint database);
    [LibraryImport(Library)] internal static partial int duckdb_connect(DatabaseHandle database, out ConnectionHandle connection);
    [LibraryImport(Library)] internal static partial void duckdb_disconnect(ref nint connection);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial int duckdb_prepare(ConnectionHandle connection, string sql, out StatementHandle statement);
    [LibraryImport(Library)] internal static partial byte* duckdb_prepare_error(StatementHandle statement);
    [LibraryImport(Library)] internal static partial void duckdb_destroy_prepare(ref nint statement);
    [LibraryImport(Library)] internal static partial ulong duckdb_nparams(StatementHandle statement);
    [LibraryImport(Library)] internal static partial int duckdb_bind_null(StatementHandle statement, ulong index);
    [LibraryImport(Library)] internal static partial int duckdb_bind_int64(StatementHandle statement, ulong index, long value);
    [LibraryImport(Library)] internal static partial int duckdb_bind_double(StatementHandle statement, ulong index, double value);
    [LibraryImport(Library)] internal static partial int duckdb_bind_varchar_length(StatementHandle statement, ulong index, byte* text, ulong length);
    [LibraryImport(Library)] internal static partial int duckdb_execute_prepared(StatementHandle statement, Result* result);

    [LibraryImport(Library)] internal static partial void duckdb_destroy_result(Result* result);
    [LibraryImport(Library)] internal static partial byte* duckdb_result_error(Result* result);
    [LibraryImport(Library)] internal static partial ulong duckdb_column_count(Result* result);
    [LibraryImport(Library)] internal static partial byte* duckdb_column_name(Result* result, ulong column);
    [LibraryImport(Library)] internal static partial LogicalTypeHandle duckdb_column_logical_type(Result* result, ulong column);
    [LibraryImport(Library)] internal static partial ChunkHandle duckdb_fetch_chunk(Result result);

    [LibraryImport(Library)] internal static partial int duckdb_get_type_id(LogicalTypeHandle type);
    [LibraryImport(Library)] internal static partial LogicalTypeHandle duckdb_list_type_child_type(LogicalTypeHandle type);
    [LibraryImport(Library)] internal static partial ulong duckdb_struct_type_child_count(LogicalTypeHandle type);
    [LibraryImport(Library)] internal static partial LogicalTypeHandle duckdb_struct_type_child_type(LogicalTypeHandle type, ulong index);
    [LibraryImport(Library)] internal static partial void duckdb_destroy_logical_type(ref nint type);

    [LibraryImport(Library)] internal static partial ChunkHandle duckdb_create_data_chunk(nint* types, ulong count);
    [LibraryImport(Library)] internal static partial void duckdb_destroy_data_chunk(ref nint chunk);
    [LibraryImport(Library)] internal static partial void duckdb_data_chunk_reset(ChunkHandle chunk);
    [LibraryImport(Library)] internal static partial ulong duckdb_data_chunk_get_size(ChunkHandle chunk);
    [LibraryImport(Library)] internal static partial void duckdb_data_chunk_set_size(ChunkHandle chunk, ulong size);
    [LibraryImport(Library)] internal static partial nint duckdb_data_chunk_get_vector(ChunkHandle chunk, ulong column);

    [LibraryImport(Library)] internal static partial ulong duckdb_vector_size();
    [LibraryImport(Library)] internal static partial void* duckdb_vector_get_data(nint vector);
    [LibraryImport(Library)] internal static partial ulong* duckdb_vector_get_validity(nint vector);
    [LibraryImport(Library)] internal static partial void duckdb_vector_ensure_validity_writable(nint vector);
    [LibraryImport(Library)] internal static partial void duckdb_validity_set_row_invalid(ulong* validity, ulong row);
    [LibraryImport(Library)] internal static partial void duckdb_vector_assign_string_element_len(nint vector, ulong row, byte* text, ulong length);
    [LibraryImport(Library)] internal static partial nint duckdb_struct_vector_get_child(nint vector, ulong index);
    [LibraryImport(Library)] internal static partial nint duckdb_list_vector_get_child(nint vector);
    [LibraryImport(Library)] internal static partial ulong duckdb_list_vector_get_size(nint vector);
    [LibraryImport(Library)] internal static partial int duckdb_list_vector_reserve(nint vector, ulong capacity);
    [LibraryImport(Library)] internal static partial int duckdb_list_vector_set_size(nint vector, ulong size);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial int duckdb_appender_create(ConnectionHandle connection, string? schema, string table, out AppenderHandle appender);
    [LibraryImport(Library)] internal static partial ulong duckdb_appender_column_count(AppenderHandle appender);
    [LibraryImport(Library)] internal static partial LogicalTypeHandle duckdb_appender_column_type(AppenderHandle appender, ulong column);
    [LibraryImport(Library)] internal static partial byte* duckdb_appender_error(AppenderHandle appender);
    [LibraryImport(Library)] internal static partial int duckdb_append_data_chunk(AppenderHandle appender, ChunkHandle chunk);
    [LibraryImport(Library)] internal static partial int duckdb_appender_close(AppenderHandle appender);
    [LibraryImport(Library)] internal static partial int duckdb_appender_destroy(ref nint appender);
}
