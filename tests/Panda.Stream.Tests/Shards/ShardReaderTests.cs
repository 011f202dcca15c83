using Panda.Stream.Native.DuckDb;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Shards;

public class ShardReaderTests
{
    [Fact]
    public void Clips_are_chosen_by_video_score_and_number()
    {
        using var folder = new TemporaryFolder();
        ShardWriterTests.Write(folder, Enumerable.Range(0, 70).Select(i => SomeRows.Clip(i, $"it's {i % 2}")), 20);
        using var reader = ShardReader.Open(folder.Path);

        Assert.Equal(70, reader.Clips().Count());
        Assert.Equal(35, reader.Clips(new(VideoId: "it's 1")).Count());
        Assert.Empty(reader.Clips(new(VideoId: "' OR 1=1 --")));
        Assert.Equal(20, reader.Clips(new(MinScore: 5 / 7f)).Count());
        Assert.Equal(10, reader.Clips(new("it's 0", 5 / 7f, 30)).Count());
        Assert.Equal(23, reader.Clips(new(Limit: 23)).Count());
        Assert.Empty(reader.Clips(new(Limit: 0)));
    }

    [Fact]
    public void A_folder_without_a_result_is_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("found no result of a run in it", Assert.Throws<ShardReadException>(() => ShardReader.Open(folder.Path)).Message);
        Assert.Contains("found nothing", Assert.Throws<ShardReadException>(() => ShardReader.Open(folder.File("none"))).Message);
        File.WriteAllText(folder.File("file"), "");
        Assert.Contains("found a file", Assert.Throws<ShardReadException>(() => ShardReader.Open(folder.File("file"))).Message);
    }

    [Fact]
    public void A_run_without_clips_is_read_as_none()
    {
        using var folder = new TemporaryFolder();
        using (var output = OutputFolder.Claim(folder.Path))
            RunReportTests.Report.Write(output);
        using var reader = ShardReader.Open(folder.Path);
        Assert.Empty(reader.Clips());
        Assert.Empty(reader.Failed());
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("empty")]
    [InlineData("damaged")]
    [InlineData("text")]
    public void A_broken_shard_is_named(string how)
    {
        using var folder = new TemporaryFolder();
        ShardWriterTests.Write(folder, Enumerable.Range(0, 400).Select(i => SomeRows.Clip(i)), 200);
        var shard = folder.File("clips", "part-00001.parquet");
        var bytes = File.ReadAllBytes(shard);
        File.WriteAllBytes(shard, how switch
        {
            "truncated" => bytes[..(bytes.Length / 2)],
            "empty" => [],
            "text" => "a file of another kind"u8.ToArray(),
            _ => [.. bytes.Take(100), .. new byte[1000], .. bytes.Skip(1100)],
        });
        using var reader = ShardReader.Open(folder.Path);

        // The whole shard before it is still read.
        var read = 0;
        var failure = Assert.Throws<ShardReadException>(() =>
        {
            foreach (var _ in reader.Clips())
                read++;
        });

        Assert.Equal(200, read);
        Assert.StartsWith($"{shard}: not a readable shard of clips: ", failure.Message);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Theory]
    [InlineData("SELECT 1 AS other", "column \"video_id\" not found")]
    [InlineData("SELECT * REPLACE ('x' AS start_frame) FROM read_parquet($)", "found type Varchar, expected Integer")]
    [InlineData("SELECT * REPLACE (NULL::INTEGER AS start_frame) FROM read_parquet($)", "found NULL, expected a value of type Integer")]
    [InlineData("SELECT * REPLACE ('1:25' AS time_base) FROM read_parquet($)", "time_base: found '1:25', expected a fraction")]
    public void A_shard_of_another_make_is_named(string sql, string because)
    {
        using var folder = new TemporaryFolder();
        ShardWriterTests.Write(folder, [SomeRows.Clip(1)], 10);
        var shard = folder.File("clips", "part-00000.parquet");
        var ours = folder.File("ours.parquet");
        File.Move(shard, ours);
        using (var database = DuckDbConnection.Open(new()))
            database.Execute($"COPY ({sql.Replace("$", SqlText.File(ours), StringComparison.Ordinal)}) TO {SqlText.Literal(shard)} (FORMAT parquet)");
        using var reader = ShardReader.Open(folder.Path);

        var failure = Assert.Throws<ShardReadException>(() => reader.Clips().ToList());

        Assert.StartsWith($"{shard}: not a readable shard of clips: ", failure.Message);
        Assert.Contains(because, failure.Message);
    }
}
