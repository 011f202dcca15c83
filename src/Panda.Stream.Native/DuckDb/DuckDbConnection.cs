using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Panda.Stream.Native.DuckDb;

/// <summary>An in-memory DuckDB of its own: SQL, bulk appending, results. For one thread at a time.</summary>
public sealed class DuckDbConnection : IDisposable
{
    private readonly ConnectionHandle _connection;

    private DuckDbConnection(ConnectionHandle connection) => _connection = connection;

    /// <exception cref="NativeLibraryException">libduckdb is missing or of another version.</exception>
    /// <exception cref="DuckDbException">An option was refused.</exception>
    public static DuckDbConnection Open(DuckDbOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _ = DuckDbLibrary.Version;
        using var database = OpenDatabase(options);
        if (DuckDbNative.duckdb_connect(database, out var connection) != 0)
            throw new DuckDbException("DuckDB: could not connect to a database that it had just opened");
        connection.Hold(database);
        var opened = new DuckDbConnection(connection);
        opened.Confine(options.OnlyFolder);
        return opened;
    }

    private void Confine(string? folder)
    {
        if (folder is not null)
        {
            // A file whose path needs escaping for read_parquet is checked under its escaped name, too.
            Execute($"SET allowed_directories = [{SqlText.Literal(folder)}, {SqlText.File(folder)}]");
            Execute("SET enable_external_access = false");
        }
        Execute("SET lock_configuration = true");
    }

    private static DatabaseHandle OpenDatabase(DuckDbOptions options)
    {
        _ = DuckDbNative.duckdb_create_config(out var config);
        using (config)
        {
            foreach (var (name, value) in Settings(options))
                if (DuckDbNative.duckdb_set_config(config, name, value) != 0)
                    throw new DuckDbException($"DuckDB: refused the setting {name} = '{value}'");
            if (DuckDbNative.duckdb_open_ext(":memory:", out var database, config, out var error) == 0)
                return database;
            var reason = Marshal.PtrToStringUTF8(error);
            DuckDbNative.duckdb_free(error);
            throw new DuckDbException($"DuckDB: could not open a database in memory: {reason}");
        }
    }

    private static IEnumerable<(string Name, string Value)> Settings(DuckDbOptions options)
    {
        yield return ("memory_limit", string.Create(CultureInfo.InvariantCulture, $"{options.MemoryMiB}MiB"));
        yield return ("threads", options.Threads.ToString(CultureInfo.InvariantCulture));
        yield return ("autoinstall_known_extensions", "false");
        yield return ("autoload_known_extensions", "false");
        yield return ("temp_directory", "");
    }

    /// <summary>Runs one statement whose result is not wanted.</summary>
    public void Execute(string sql) => Query(sql).Dispose();

    /// <summary>Runs one statement; <c>$1</c>, <c>$2</c>... in it take the parameters: string, int, long, float, double or null.</summary>
    /// <exception cref="DuckDbException">With DuckDB's own message.</exception>
    public unsafe DuckDbResult Query(string sql, params ReadOnlySpan<object?> parameters)
    {
        var prepared = DuckDbNative.duckdb_prepare(_connection, sql, out var statement);
        using (statement)
        {
            if (prepared != 0)
                throw DuckDbException.From("DuckDB could not prepare a statement", DuckDbNative.duckdb_prepare_error(statement));
            var wanted = (int)DuckDbNative.duckdb_nparams(statement);
            if (wanted != parameters.Length)
                throw new ArgumentException($"found {parameters.Length} parameters, expected {wanted} for: {sql}", nameof(parameters));
            for (var i = 0; i < wanted; i++)
                Bind(statement, (ulong)i + 1, parameters[i]);

            DuckDbNative.Result result;
            if (DuckDbNative.duckdb_execute_prepared(statement, &result) == 0)
                return new(result);
            var failure = DuckDbException.From("DuckDB", DuckDbNative.duckdb_result_error(&result));
            DuckDbNative.duckdb_destroy_result(&result);
            throw failure;
        }
    }

    private static unsafe void Bind(StatementHandle statement, ulong index, object? value)
    {
        var state = value switch
        {
            null => DuckDbNative.duckdb_bind_null(statement, index),
            int number => DuckDbNative.duckdb_bind_int64(statement, index, number),
            long number => DuckDbNative.duckdb_bind_int64(statement, index, number),
            float number => DuckDbNative.duckdb_bind_double(statement, index, number),
            double number => DuckDbNative.duckdb_bind_double(statement, index, number),
            string text => BindText(statement, index, text),
            _ => throw new ArgumentException($"parameter ${index}: found a {value.GetType().Name}, expected text or a number"),
        };
        if (state != 0)
            throw DuckDbException.From($"DuckDB refused parameter ${index}", DuckDbNative.duckdb_prepare_error(statement));
    }

    private static unsafe int BindText(StatementHandle statement, ulong index, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* first = bytes)
        {
            byte none = 0; // An empty array is fixed to null, which DuckDB would take for a missing text.
            return DuckDbNative.duckdb_bind_varchar_length(statement, index, first is null ? &none : first, (ulong)bytes.Length);
        }
    }

    /// <summary>Appends rows to a table of this database.</summary>
    public DuckDbAppender Append(string table) => DuckDbAppender.Open(_connection, table);

    public void Dispose() => _connection.Dispose();
}
