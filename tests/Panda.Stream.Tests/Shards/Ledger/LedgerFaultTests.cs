using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Shards.Ledger;

/// <summary>Storage that fails under a whole run: it stops with one clear error, what was committed can be read, and the run goes on when the fault is mended.</summary>
public sealed class LedgerFaultTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task A_disk_that_is_full_or_turns_read_only_stops_the_run_and_costs_nothing_that_was_committed()
    {
        await _runs.RunAsync("whole");
        var disk = _runs.PathOf("disk");
        Directory.CreateDirectory(disk);
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk), "only root may mount a small file system");
        try
        {
            // Little room at first, then none at all, then a read-only disk, then room enough.
            foreach (var (room, options) in new[] { (200_000, "rw"), (60_000, "rw"), (4_000_000, "ro") })
            {
                File.Delete(Path.Combine(disk, "ballast"));
                Fill(Path.Combine(disk, "ballast"), room);
                Assert.True(Run("mount", "-o", $"remount,{options}", disk));
                var error = await Assert.ThrowsAnyAsync<IOException>(() => _runs.RunAsync("disk"));
                Assert.Contains(disk, error.Message, StringComparison.Ordinal);
                Assert.True(Run("mount", "-o", "remount,rw", disk));
                AssertReadable(disk);
            }
            File.Delete(Path.Combine(disk, "ballast"));
            await _runs.RunAsync("disk");
            Assert.Equal(_runs.Shards("whole"), _runs.Shards("disk"));
        }
        finally
        {
            Run("umount", disk);
        }
    }

    [Fact]
    public async Task A_folder_that_is_removed_under_the_run_stops_it()
    {
        using var stop = new CancellationTokenSource();
        var error = await Assert.ThrowsAnyAsync<IOException>(() => _runs.RunAsync("out", stopWhen: run =>
        {
            if (run.Stages[0].Done < 50)
                return false;
            Directory.Move(_runs.PathOf("out"), _runs.PathOf("elsewhere"));
            return true;
        }));
        Assert.Contains("the ledger is gone", error.Message);
        Assert.False(Directory.Exists(_runs.PathOf("out")));
        // What was moved away goes on where it lies now.
        await _runs.RunAsync("elsewhere");
        await _runs.RunAsync("whole");
        Assert.Equal(_runs.Shards("whole"), _runs.Shards("elsewhere"));
    }

    [Fact]
    public async Task A_ledger_that_another_program_holds_stops_the_run_and_it_goes_on_later()
    {
        using (var stop = new CancellationTokenSource())
            await _runs.RunAsync("out", stop: stop, stopWhen: run => run.Stages[0].Done > 50);
        using (var other = new SqliteConnection($"Data Source={_runs.PathOf("out/ledger.sqlite")};Pooling=false"))
        {
            other.Open();
            using var transaction = other.BeginTransaction();
            var error = await Assert.ThrowsAnyAsync<IOException>(() => _runs.RunAsync("out"));
            Assert.Contains("database is locked", error.Message);
        }
        await _runs.RunAsync("out");
        await _runs.RunAsync("whole");
        Assert.Equal(_runs.Shards("whole"), _runs.Shards("out"));
    }

    private static void AssertReadable(string folder)
    {
        foreach (var table in ShardTables.Folders.Where(table => Directory.Exists(Path.Combine(folder, table))))
            Assert.All(Directory.GetFiles(Path.Combine(folder, table)), file => Assert.Matches(@"^part-\d{5}\.parquet$", Path.GetFileName(file)));
        if (!Directory.EnumerateFiles(folder, "*.parquet", SearchOption.AllDirectories).Any())
            return;
        var reader = ShardReader.Open(folder);
        _ = reader.Clips().Count() + reader.Segments().Count() + reader.Filtered().Count() + reader.Failed().Count();
    }

    private static void Fill(string path, int leaving)
    {
        using (var file = File.Create(path))
        {
            try
            {
                var block = new byte[4096];
                while (true)
                {
                    file.Write(block);
                    file.Flush();
                }
            }
            catch (IOException)
            {
                file.SetLength(Math.Max(0, file.Length - leaving));
            }
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
