using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Panda.Stream.Shards.Ledger;

/// <summary>
/// The SQLite file of a ledger: its tables, and one open transaction into which whatever is written goes until <see cref="Commit"/>.
/// In WAL mode with full synchronisation a commit is on disk when it returns. Safe for use by several threads: lanes read what is known while rows are written.
/// </summary>
internal sealed class LedgerFile : IDisposable
{
    internal const string Name = "ledger.sqlite";
    private const int Schema = 1;
    private const int SecondsToWaitForLock = 5;

    private const string Tables = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
        CREATE TABLE runs (run INTEGER PRIMARY KEY, began TEXT NOT NULL, seconds REAL NOT NULL);
        CREATE TABLE videos (
            ordinal INTEGER PRIMARY KEY, id TEXT NOT NULL, path TEXT NOT NULL, content TEXT NOT NULL, text TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'failed')), account TEXT);
        CREATE INDEX videos_by_id ON videos (id);
        CREATE TABLE rows (
            kind TEXT NOT NULL, video INTEGER NOT NULL, number INTEGER NOT NULL, run INTEGER NOT NULL, row TEXT NOT NULL,
            PRIMARY KEY (kind, video, number));
        CREATE TABLE shards (kind TEXT NOT NULL, part INTEGER NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (kind, part));
        CREATE TABLE events (video TEXT NOT NULL, clip INTEGER, stage TEXT NOT NULL, began TEXT NOT NULL, seconds REAL NOT NULL, outcome TEXT NOT NULL);
        CREATE INDEX events_by_video ON events (video);
        """;

    private readonly Lock _lock = new();
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = [];
    private SqliteTransaction? _transaction;
    private long _lastCommit = Stopwatch.GetTimestamp();

    private LedgerFile(string path, SqliteConnection connection) => (Path, _connection) = (path, connection);

    internal string Path { get; }

    /// <summary>Whether anything was written since the last commit.</summary>
    internal bool HasUncommitted => _transaction is not null;

    internal TimeSpan SinceCommit => Stopwatch.GetElapsedTime(_lastCommit);

    internal static bool IsIn(string folder) => File.Exists(System.IO.Path.Combine(folder, Name));

    /// <summary>What its log, the log's index and itself end in: in the order in which they may go.</summary>
    internal static IReadOnlyList<string> Endings { get; } = ["-wal", "-shm", ""];

    internal static void Delete(string folder)
    {
        foreach (var ending in Endings)
            File.Delete(System.IO.Path.Combine(folder, Name + ending));
    }

    /// <summary>Opens the ledger of a folder.</summary>
    /// <param name="create">Makes it when it is not there.</param>
    /// <exception cref="LedgerException">It is no ledger, one of another version, or held by another program.</exception>
    internal static LedgerFile Open(string folder, bool create)
    {
        var path = System.IO.Path.Combine(folder, Name);
        // SQLite follows links, and would write wherever one that was put there leads.
        foreach (var link in Endings.Select(ending => new FileInfo(path + ending)).Where(part => part.LinkTarget is not null))
            throw new LedgerException($"{link.FullName}: found a link to {link.LinkTarget}, expected a file of the ledger");
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
            DefaultTimeout = SecondsToWaitForLock,
            Pooling = false,
        }.ToString());
        var file = new LedgerFile(path, connection);
        try
        {
            file.Guard(() =>
            {
                connection.Open();
                if (create)
                    Run("PRAGMA journal_mode = WAL");
                Run("PRAGMA synchronous = FULL");
                var schema = (long)Run("PRAGMA user_version")!;
                if (schema == 0 && create)
                    Run($"BEGIN IMMEDIATE; {Tables} PRAGMA user_version = {Schema}; COMMIT");
                else if (schema != Schema)
                    throw new LedgerException($"{path}: found a ledger of form {schema}, expected {Schema}; was it written by another version?");
            });
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }

        object? Run(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return command.ExecuteScalar();
        }
    }

    /// <summary>Runs a statement within the open transaction, beginning one where there is none; <c>$1</c>, <c>$2</c>... take the values.</summary>
    /// <returns>How many rows it touched.</returns>
    internal int Write(string sql, params ReadOnlySpan<object?> values)
    {
        using var _ = _lock.EnterScope();
        var command = Bind(sql, values);
        return Guard(() =>
        {
            // A file that was unlinked can still be written, to no one's good.
            if (!File.Exists(Path))
                throw new LedgerException($"{Path}: the ledger is gone; the output folder was removed or renamed while a run wrote to it");
            _transaction ??= _connection.BeginTransaction();
            command.Transaction = _transaction;
            return command.ExecuteNonQuery();
        });
    }

    /// <summary>Reads rows, those that are not committed yet among them.</summary>
    internal List<T> Read<T>(string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<object?> values)
    {
        using var _ = _lock.EnterScope();
        var command = Bind(sql, values);
        return Guard(() =>
        {
            command.Transaction = _transaction;
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
                rows.Add(row(reader));
            return rows;
        });
    }

    /// <summary>Runs a statement that reads another folder's ledger under the name <c>earlier</c>.</summary>
    internal void Borrow(string folder, string sql) => Guard(() =>
    {
        using var command = _connection.CreateCommand();
        command.CommandText = $"ATTACH $1 AS earlier; {sql}; DETACH earlier";
        command.Parameters.AddWithValue("$1", System.IO.Path.Combine(folder, Name));
        command.ExecuteNonQuery();
    });

    /// <summary>Makes what was written since the last commit durable, all of it or nothing.</summary>
    internal void Commit()
    {
        using var _ = _lock.EnterScope();
        Guard(() =>
        {
            _transaction?.Commit();
            return 0;
        });
        _transaction?.Dispose();
        _transaction = null;
        _lastCommit = Stopwatch.GetTimestamp();
    }

    /// <summary>Closes the file; what was not committed is as if never written.</summary>
    public void Dispose()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
        try
        {
            _transaction?.Dispose();
        }
        catch (SqliteException)
        {
            // The rollback of a transaction that the disk's failure has already rolled back.
        }
        _connection.Dispose();
    }

    private SqliteCommand Bind(string sql, ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < values.Length; i++)
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i + 1}" });
            _commands.Add(sql, command);
        }
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }

    private void Guard(Action work) => Guard(() => { work(); return 0; });

    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        // A transaction that a failure of the disk has rolled back is not SQLite's error, but the binding's.
        catch (Exception reason) when (reason is SqliteException or InvalidOperationException)
        {
            throw new LedgerException($"{Path}: {reason.Message}", reason);
        }
    }
}
