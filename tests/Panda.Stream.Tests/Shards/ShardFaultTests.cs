using System.Diagnostics;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Shards;

/// <summary>Storage that fails in the middle of a run: one clear error, and what was committed can be read.</summary>
public class ShardFaultTests
{
    [Fact]
    public void A_report_that_finds_the_disk_full_says_so()
    {
        using var folder = new TemporaryFolder();
        using var output = OutputFolder.Claim(folder.Path);
        // The kernel's own full disk, under the name that the report is first written to.
        File.CreateSymbolicLink(folder.File(".run.json.tmp"), "/dev/full");

        var failure = Assert.Throws<IOException>(() => RunReportTests.Report.Write(output));

        Assert.StartsWith($"{folder.File("run.json")}: could not write the report of the run: No space left on device", failure.Message);
        Assert.Equal([folder.File(".panda.lock")], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_small_file_system_that_fills_up_leaves_nothing_half_written()
    {
        using var folder = new TemporaryFolder();
        Assert.SkipUnless(Mount("-t", "tmpfs", "-o", "size=512k", "tmpfs", folder.Path), "only root may mount a small file system");
        try
        {
            using (var output = OutputFolder.Claim(folder.Path))
            {
                var writer = new ShardWriter(output, SomeRows.Metadata, 100);
                AddClips(writer, 100);
                var ballast = new byte[1 << 20];
                Assert.Throws<IOException>(() => File.WriteAllBytes(folder.File("ballast"), ballast));

                var failure = Assert.Throws<ShardWriteException>(() => AddClips(writer, 100));

                Assert.Contains("No space left on device", failure.Message);
                AssertOneShardLeft(folder.Path);
            }
            Assert.True(Mount("-o", "remount,ro", folder.Path));
            Assert.Contains("cannot be written", Assert.Throws<OutputFolderException>(() => OutputFolder.Claim(folder.Path, overwrite: true)).Message);
        }
        finally
        {
            using var unmount = Process.Start("umount", folder.Path);
            unmount.WaitForExit();
        }
    }

    [Fact]
    public void A_folder_that_vanishes_is_not_made_anew()
    {
        using var folder = new TemporaryFolder();
        using var output = OutputFolder.Claim(folder.Path);
        var writer = new ShardWriter(output, SomeRows.Metadata, 100);
        AddClips(writer, 100);
        Directory.Delete(folder.Path, recursive: true);

        var failure = Assert.Throws<ShardWriteException>(() => AddClips(writer, 100));

        Assert.Contains("Could not find a part of the path", failure.Message);
        Assert.Equal(failure.Message, Assert.Throws<ShardWriteException>(() => writer.Add(SomeRows.Clip(1))).Message);
        Assert.Equal(failure.Message, Assert.Throws<ShardWriteException>(() => writer.Complete()).Message);
        Assert.False(Directory.Exists(folder.Path));
        Assert.Throws<IOException>(() => RunReportTests.Report.Write(output));
    }

    private static void AddClips(ShardWriter writer, int count)
    {
        for (var i = 0; i < count; i++)
            writer.Add(SomeRows.Clip(i));
    }

    private static void AssertOneShardLeft(string folder)
    {
        Assert.Equal(
            [Path.Combine(folder, "clips", "part-00000.parquet")],
            Directory.GetFileSystemEntries(Path.Combine(folder, "clips")));
        var reader = ShardReader.Open(folder);
        Assert.Equal(100, reader.Clips().Count());
    }

    private static bool Mount(params string[] arguments)
    {
        using var mount = Process.Start(new ProcessStartInfo("mount", arguments) { RedirectStandardError = true })!;
        mount.WaitForExit();
        return mount.ExitCode == 0;
    }
}
