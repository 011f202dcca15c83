using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Shards;

public class OutputFolderTests
{
    [Fact]
    public void A_new_folder_is_made_and_one_with_strangers_files_is_taken_as_it_is()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("notes.txt"), "mine");
        using (OutputFolder.Claim(folder.File("a", "b")))
            Assert.True(Directory.Exists(folder.File("a", "b")));
        using (OutputFolder.Claim(folder.Path))
            Assert.Equal("mine", File.ReadAllText(folder.File("notes.txt")));
    }

    [Fact]
    public void A_file_in_its_place_is_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("out"), "");
        AssertRefused(folder.File("out"), "found a file, expected a folder");
        Directory.CreateDirectory(folder.File("other"));
        File.WriteAllText(folder.File("other", "clips"), "");
        AssertRefused(folder.File("other"), "clips: found a file, expected a folder for shards");
    }

    [Fact]
    public void A_table_that_is_a_link_out_of_the_folder_is_refused()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("elsewhere"));
        Directory.CreateDirectory(folder.File("out"));
        Directory.CreateSymbolicLink(folder.File("out", "clips"), folder.File("elsewhere"));
        AssertRefused(folder.File("out"), "clips: found a link to");
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_refused() => AssertRefused("/proc/panda", "/proc/panda: cannot be written");

    [Fact]
    public void A_second_run_is_told_who_holds_the_folder_until_the_first_ends()
    {
        using var folder = new TemporaryFolder();
        using (OutputFolder.Claim(folder.Path))
            AssertRefused(folder.Path, $"another run is writing to it (process {Environment.ProcessId} since ");
        OutputFolder.Claim(folder.Path).Dispose();
    }

    [Fact]
    public void An_earlier_result_is_refused_and_described()
    {
        using var folder = new TemporaryFolder();
        ShardWriterTests.Write(folder, [SomeRows.Clip(1)], 10);
        AssertRefused(folder.Path, "found 1 shard of a run that did not end, expected a folder without one; choose another --output, or add --overwrite");

        using (var output = OutputFolder.Claim(folder.Path, overwrite: true))
            RunReportTests.Report.Write(output);
        AssertRefused(folder.Path, "found the result of the run that ended 2026-11-22 10:30 UTC (3 clips of 3 videos, pipeline 0123abcd)");

        File.WriteAllText(folder.File("run.json"), "{");
        AssertRefused(folder.Path, "found an unreadable run.json and 0 shards");
    }

    [Fact]
    public void Overwriting_deletes_a_runs_files_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        ShardWriterTests.Write(folder, Enumerable.Range(0, 25).Select(i => SomeRows.Clip(i)), 10);
        string[] strangers = [folder.File("notes.txt"), folder.File("clips", "part-1.parquet"), folder.File("clips", ".hidden.tmp"), folder.File("part-00000.parquet")];
        foreach (var file in strangers)
            File.WriteAllText(file, "mine");

        using (OutputFolder.Claim(folder.Path, overwrite: true))
        {
        }

        Assert.Equal(
            strangers.Append(folder.File(".panda.lock")).Order(),
            Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).Order());
    }

    [Fact]
    public void Half_written_files_of_a_killed_run_are_swept_up()
    {
        using var folder = new TemporaryFolder();
        OutputFolder.Claim(folder.Path).Dispose();
        File.WriteAllText(folder.File("clips", ".part-00003.parquet.tmp"), "half");
        File.WriteAllText(folder.File(".run.json.tmp"), "half");
        OutputFolder.Claim(folder.Path).Dispose();
        Assert.Equal([folder.File(".panda.lock")], Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    private static void AssertRefused(string path, string because)
    {
        var refused = Assert.Throws<OutputFolderException>(() => OutputFolder.Claim(path));
        Assert.Contains(because, refused.Message);
    }
}
