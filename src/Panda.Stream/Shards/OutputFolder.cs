using System.Globalization;
using Panda.Stream.Native.Files;
using Panda.Stream.Shards.Ledger;

namespace Panda.Stream.Shards;

/// <summary>The output folder cannot be used; the message says what was found there and what to do.</summary>
public sealed class OutputFolderException(string message, Exception? reason = null) : IOException(message, reason);

/// <summary>
/// An output folder claimed for one run: it could be written, held no other result (or that was to be replaced), and no
/// other run may write to it until this is disposed or the process ends.
/// </summary>
public sealed class OutputFolder : IDisposable
{
    private const string LockName = ".panda.lock";
    private readonly LockFile _lock;

    private OutputFolder(string path, LockFile held) => (Path, _lock) = (path, held);

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>Claims the folder, making it when it is not there, and sweeps up what a killed run left half written.</summary>
    /// <param name="overwrite">Delete an earlier run's result first: its run.json, ledger and shards, nothing else.</param>
    /// <param name="goOn">Take the folder as it is where a run's ledger lies in it.</param>
    /// <exception cref="OutputFolderException">It is a file, cannot be written, is held by another run, or holds a result.</exception>
    public static OutputFolder Claim(string path, bool overwrite = false, bool goOn = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        Create(full);
        var folder = new OutputFolder(full, Lock(full));
        try
        {
            var found = ExistingResult.In(full);
            var hasLedger = LedgerFile.IsIn(full) || EarlierFolder.IsIn(full);
            if ((found.Any || hasLedger) && !overwrite && !(goOn && hasLedger))
                throw new OutputFolderException(
                    $"{full}: found {found.Describe()}, expected a folder without one; choose another --output, or add --overwrite to replace it");
            folder.CreateTables();
            folder.Sweep(hasLedger && !overwrite ? [] : found.Shards, overwrite);
            return folder;
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            folder.Dispose();
            throw reason as OutputFolderException ?? NotWritable(full, reason);
        }
    }

    private static void Create(string full)
    {
        if (File.Exists(full))
            throw new OutputFolderException($"{full}: found a file, expected a folder or a name that is free; choose another --output");
        try
        {
            Directory.CreateDirectory(full);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(full, reason);
        }
    }

    private static LockFile Lock(string full)
    {
        var holder = string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} since {DateTime.UtcNow:yyyy-MM-dd HH:mm:ss} UTC");
        try
        {
            return LockFile.TryTake(System.IO.Path.Combine(full, LockName), holder, out var other)
                ?? throw new OutputFolderException(
                    $"{full}: another run is writing to it ({other}); wait for it to end, or choose another --output");
        }
        catch (IOException reason) when (reason is not OutputFolderException)
        {
            throw NotWritable(full, reason);
        }
    }

    private static OutputFolderException NotWritable(string full, Exception reason) =>
        new($"{full}: cannot be written: {reason.Message}; choose another --output", reason);

    // All of them before the run, so that a folder that vanishes later is an error and not silently made anew.
    private void CreateTables()
    {
        foreach (var name in ShardTables.Folders)
        {
            var table = new DirectoryInfo(System.IO.Path.Combine(Path, name));
            if (table.LinkTarget is { } target)
                throw new OutputFolderException($"{table.FullName}: found a link to {target}, expected a folder for shards; choose another --output");
            if (File.Exists(table.FullName))
                throw new OutputFolderException($"{table.FullName}: found a file, expected a folder for shards; choose another --output");
            table.Create();
        }
    }

    private void Sweep(IReadOnlyList<string> shards, bool wholeResult)
    {
        var report = System.IO.Path.Combine(Path, RunReport.FileName);
        File.Delete(DurableFile.TemporaryName(report));
        // run.json goes first: a kill half way leaves shards of an unfinished run, never a report of rows that are gone.
        if (wholeResult)
            File.Delete(report);
        if (wholeResult)
        {
            LedgerFile.Delete(Path);
            EarlierFolder.Delete(Path);
        }
        foreach (var shard in shards.Concat(ExistingResult.HalfWritten(Path)))
            File.Delete(shard);
        DurableFile.FlushFolder(Path);
    }

    public void Dispose() => _lock.Dispose();
}
