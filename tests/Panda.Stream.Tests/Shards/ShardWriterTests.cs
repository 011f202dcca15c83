using System.Text.Json;
using System.Text.Json.Serialization;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Shards;

public class ShardWriterTests
{
    // Features may hold what JSON's numbers cannot.
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    internal static string AsJson<T>(IEnumerable<T> rows) => JsonSerializer.Serialize(rows, Json);

    [Fact]
    public void Rows_of_every_kind_come_back_as_they_were_written()
    {
        using var folder = new TemporaryFolder();
        // More than fit into one row group.
        var clips = Enumerable.Range(0, 10_100).Select(i => SomeRows.Clip(i)).ToList();
        var segments = Enumerable.Range(0, 5000).Select(i => SomeRows.Segment(i)).ToList();
        var filtered = Enumerable.Range(0, 20).Select(SomeRows.Filtered).ToList();
        var failed = Enumerable.Range(0, 9).Select(SomeRows.Failed).ToList();

        using (var output = OutputFolder.Claim(folder.Path))
        {
            var writer = new ShardWriter(output, SomeRows.Metadata, 20_000);
            clips.ForEach(writer.Add);
            segments.ForEach(writer.Add);
            filtered.ForEach(writer.Add);
            failed.ForEach(writer.Add);
            writer.Complete();
        }

        var reader = ShardReader.Open(folder.Path);
        Assert.Equal(AsJson(clips), AsJson(reader.Clips()));
        Assert.Equal(AsJson(segments), AsJson(reader.Segments()));
        Assert.Equal(AsJson(filtered), AsJson(reader.Filtered()));
        Assert.Equal(AsJson(failed), AsJson(reader.Failed()));
    }

    [Fact]
    public void Rows_arriving_in_another_order_give_the_same_bytes()
    {
        using var one = new TemporaryFolder();
        using var other = new TemporaryFolder();
        var clips = Enumerable.Range(0, 3000).Select(i => SomeRows.Clip(i, $"video-{i % 7}")).ToArray();
        Write(one, clips, 10_000);
        new Random(1).Shuffle(clips);
        Write(other, clips, 10_000);

        Assert.Equal(File.ReadAllBytes(one.File("clips", "part-00000.parquet")), File.ReadAllBytes(other.File("clips", "part-00000.parquet")));
    }

    [Fact]
    public void A_full_shard_is_cut_and_rows_in_it_are_ordered_by_identity()
    {
        using var folder = new TemporaryFolder();
        Write(folder, Enumerable.Range(0, 25).Reverse().Select(i => SomeRows.Clip(i)), 10);

        Assert.Equal(
            ["part-00000.parquet", "part-00001.parquet", "part-00002.parquet"],
            Directory.GetFiles(folder.File("clips")).Select(Path.GetFileName).Order());
        var reader = ShardReader.Open(folder.Path);
        var starts = reader.Clips().Select(clip => clip.StartFrame / 10).ToList();
        Assert.Equal([.. Enumerable.Range(15, 10), .. Enumerable.Range(5, 10), .. Enumerable.Range(0, 5)], starts);
    }

    [Fact]
    public void Rows_from_many_threads_are_all_written_once()
    {
        using var folder = new TemporaryFolder();
        using (var output = OutputFolder.Claim(folder.Path))
        {
            var writer = new ShardWriter(output, SomeRows.Metadata, 64);
            Parallel.For(0, 1000, i =>
            {
                writer.Add(SomeRows.Clip(i));
                writer.Add(SomeRows.Segment(i));
            });
            Assert.Equal(1000, writer.Complete().Clips);
        }
        var reader = ShardReader.Open(folder.Path);
        Assert.Equal(Enumerable.Range(0, 1000), reader.Clips().Select(clip => clip.StartFrame / 10).Order());
        Assert.Equal(Enumerable.Range(0, 1000), reader.Segments().Select(row => row.Segment.Index).Order());
    }

    [Fact]
    public void What_was_added_is_counted()
    {
        using var folder = new TemporaryFolder();
        using var output = OutputFolder.Claim(folder.Path);
        var writer = new ShardWriter(output, SomeRows.Metadata, 100);
        writer.Add(SomeRows.Clip(0));
        writer.Add(SomeRows.Clip(1));
        writer.Add(SomeRows.Filtered(4));
        writer.Add(SomeRows.Failed(0));
        writer.Add(SomeRows.Failed(1));
        foreach (var i in Enumerable.Range(0, 4))
            writer.Add(SomeRows.Segment(i));

        var written = writer.Complete();

        Assert.Equal((2, 1, 1, 1, 4), (written.Clips, written.Filtered, written.FailedVideos, written.FailedClips, written.Captioned));
        Assert.Equal((2, 2), (written.SegmentsInClips, written.SegmentsDropped));
        Assert.Equal(2, written.Drops["transition"]);
        Assert.Equal(new TeacherCounts(4, 0, 3), written.Teachers["teacher-0"]);
        Assert.Equal(new TeacherCounts(3, 2, 0), written.Teachers["teacher-1"]);
    }

    [Fact]
    public void A_run_without_rows_leaves_no_shards_and_a_row_after_the_end_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var output = OutputFolder.Claim(folder.Path);
        var writer = new ShardWriter(output, SomeRows.Metadata, 100);
        writer.Complete();
        Assert.Empty(Directory.GetFiles(folder.Path, "*.parquet", SearchOption.AllDirectories));
        Assert.Throws<InvalidOperationException>(() => writer.Add(SomeRows.Clip(1)));
    }

    [Theory]
    [InlineData("it's [odd] *?")]
    [InlineData("a=b")]
    [InlineData("--'; DROP TABLE x; 東京")]
    public void A_folder_of_any_name_is_written_and_read(string name)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File(name);
        using (var output = OutputFolder.Claim(path))
        {
            var writer = new ShardWriter(output, SomeRows.Metadata with { PipelineHash = "it's" }, 100);
            writer.Add(SomeRows.Clip(3));
            writer.Complete();
        }
        var reader = ShardReader.Open(path);
        Assert.Equal("video-00003", Assert.Single(reader.Clips()).ClipId);
    }

    [Fact]
    public void A_folder_behind_a_link_is_written_and_read()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("real"));
        Directory.CreateSymbolicLink(folder.File("link"), folder.File("real"));
        using (var output = OutputFolder.Claim(folder.File("link", "out")))
        {
            var writer = new ShardWriter(output, SomeRows.Metadata, 100);
            writer.Add(SomeRows.Clip(3));
            writer.Complete();
        }
        var reader = ShardReader.Open(folder.File("link", "out"));
        Assert.Single(reader.Clips());
        Assert.True(File.Exists(folder.File("real", "out", "clips", "part-00000.parquet")));
    }

    internal static void Write(TemporaryFolder folder, IEnumerable<ClipRow> clips, int rowsPerShard)
    {
        using var output = OutputFolder.Claim(folder.Path);
        var writer = new ShardWriter(output, SomeRows.Metadata, rowsPerShard);
        foreach (var clip in clips)
            writer.Add(clip);
        writer.Complete();
    }
}
