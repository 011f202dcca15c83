using Panda.Stream.Shards;
using Panda.Stream.Shards.Layout;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Shards;

public class ShardReaderTests
{
    [Fact]
    public void Clips_are_chosen_by_video_score_and_number()
    {
        using var folder = new TemporaryFolder();
        ShardWriterTests.Write(folder, Enumerable.Range(0, 70).Select(i => SomeRows.Clip(i, $"it's {i % 2}")), 20);
        var reader = ShardReader.Open(folder.Path);

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
            RunReport.Sum([], []).Write(output);
        var reader = ShardReader.Open(folder.Path);
        Assert.Empty(reader.Clips());
        Assert.Empty(reader.Failed());
    }

    [Fact]
    public void A_shard_that_is_lost_is_named_and_the_rest_read_where_that_is_asked_for()
    {
        using var folder = new TemporaryFolder();
        ShardWriterTests.Write(folder, Enumerable.Range(0, 70).Select(i => SomeRows.Clip(i)), 20);
        File.Delete(folder.File("clips", "part-00003.parquet"));
        Assert.Equal(60, ShardReader.Open(folder.Path).Clips().Count()); // as a run has it that is still writing
        using (var output = OutputFolder.Claim(folder.File("report")))
            (RunReport.Sum([], []) with { Clips = new(70, 70, 70, 0, 0) }).Write(output);
        File.Move(folder.File("report", "run.json"), folder.File("run.json"));
        AssertLost(60, $"{folder.File("clips")}: found 60 rows, expected the 70 of which run.json tells");

        File.Delete(folder.File("run.json"));
        File.Delete(folder.File("clips", "part-00001.parquet"));
        AssertLost(40, $"{folder.File("clips", "part-00001.parquet")}: found no such file, expected a shard");

        void AssertLost(int rest, string because)
        {
            var reader = ShardReader.Open(folder.Path);
            foreach (var read in new Func<object>[] { () => reader.Clips(new(Limit: 1)).ToList(), () => reader.ClipsByVideo().ToList() })
                Assert.StartsWith(because, Assert.Throws<ShardReadException>(read).Message);
            var told = new List<string>();
            Assert.Equal(rest, ShardReader.Open(folder.Path, lost => told.Add(lost.Message)).Clips().Count());
            Assert.StartsWith(because, Assert.Single(told));
            Assert.Empty(reader.Filtered());
        }
    }

    public static TheoryData<Func<ClipRow, ClipRow>, string> ClipsThatCannotBe => new()
    {
        { row => row with { MatchingScore = float.NaN }, "column matching_score: found NaN, expected a finite number" },
        { row => row with { Candidates = [new("teacher-0", "", float.PositiveInfinity, null)] }, "column score: found Infinity, expected a finite number" },
        { row => row with { StartSeconds = -0.5 }, "column start_s: found -0.5, expected seconds from 0" },
        { row => row with { EndSeconds = 0.1 }, "column end_s: found 0.1, expected seconds from start_s, 0.3333333333333333, to below 1000000000" },
        { row => row with { EndSeconds = 1.35e102 }, "column end_s: found 1.35E+102, expected seconds from start_s" },
        { row => row with { EndPts = 511 }, "column end_pts: found 511, expected at least start_pts, 512" },
        { row => row with { EndFrame = 10 }, "column end_frame: found 10, expected more than start_frame, 10" },
        { row => row with { StartFrame = -1 }, "column start_frame: found -1, expected a frame from 0" },
        { row => row with { Fps = 0 }, "column fps: found 0, expected more than 0" },
        { row => row with { TimeBase = new(1, 0) }, "column time_base: found 1/0, expected a fraction above 0" },
    };

    [Theory]
    [MemberData(nameof(ClipsThatCannotBe), DisableDiscoveryEnumeration = true)]
    public void A_clip_that_cannot_be_is_named(Func<ClipRow, ClipRow> spoil, string because)
    {
        AssertSecondRowIsUnfit(ShardTables.Clips, [SomeRows.Clip(0), spoil(SomeRows.Clip(1))], reader => reader.Clips(), because);
        AssertSecondRowIsUnfit(ShardTables.Filtered, [new(SomeRows.Clip(0), "", ""), new(spoil(SomeRows.Clip(1)), "", "")], reader => reader.Filtered(), because);
    }

    public static TheoryData<Func<SegmentRow, SegmentRow>, string> SegmentsThatCannotBe => new()
    {
        { row => row with { FirstFeature = [1, 2, float.NaN] }, "column first_feature: found NaN, expected a finite number" },
        { row => row with { FirstFeature = [1, 2] }, "column first_feature: found 2, expected 3 numbers, as in the other features" },
        { row => row with { LastFeature = [1, 2, 3, 4] }, "column last_feature: found 4, expected 3 numbers, as in the other features" },
        { row => row with { Pts = [.. row.Pts.SkipLast(1)] }, "column frame_ticks: found 149, expected 150 of them, one for each frame from start_frame to end_frame" },
        { row => row with { Pts = [.. row.Pts.Select(pts => pts - row.Pts[0] + long.MaxValue)] }, "column start_pts: found frame 301 at pts -9223372036854772805, expected none before 9223372036854775807" },
        { row => row with { Pts = [.. row.Pts.Index().Select(pts => pts.Index == 9 ? 0 : pts.Item)] }, "column frame_ticks: found frame 309 at pts 0, expected none before 924925" },
        { row => row with { StartSeconds = 0 }, "column start_s: found 0, expected 10.01, by start_pts, zero_pts and time_base" },
        { row => row with { EndSeconds = 1e9 }, "column end_s: found 1000000000, expected 15.015" },
        { row => row with { Segment = row.Segment with { End = 300 } }, "column end_frame: found 300, expected more than start_frame, 300" },
        { row => row with { Video = row.Video with { Fps = -1 } }, "column fps: found -1, expected more than 0" },
        { row => row with { Video = row.Video with { TimeBase = new(0, 1) } }, "column time_base: found 0/1, expected a fraction above 0" },
        { row => row with { Samples = new([300, 330], [0]) }, "column lpips_distances: found 1, expected 2 of them, one for each of lpips_frames" },
    };

    [Theory]
    [MemberData(nameof(SegmentsThatCannotBe), DisableDiscoveryEnumeration = true)]
    public void A_segment_that_cannot_be_is_named(Func<SegmentRow, SegmentRow> spoil, string because) =>
        AssertSecondRowIsUnfit(ShardTables.Segments, [SomeRows.Segment(1), spoil(SomeRows.Segment(2))], reader => reader.Segments(), because);

    private static void AssertSecondRowIsUnfit<TRow>(ShardTable<TRow> table, TRow[] rows, Func<ShardReader, IEnumerable<TRow>> read, string because)
    {
        using var folder = new TemporaryFolder();
        var shard = folder.File(table.Folder, "part-00000.parquet");
        Directory.CreateDirectory(folder.File(table.Folder));
        ShardFile.Write(table, rows, shard, SomeRows.Metadata);

        var failure = Assert.Throws<ShardReadException>(() => read(ShardReader.Open(folder.Path)).ToList());

        Assert.StartsWith($"{shard}: not a readable shard of {table.Folder}: row 1: {because}", failure.Message);
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
        var reader = ShardReader.Open(folder.Path);

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

    // Parquet.Net reads on for ever in the first, and makes room for as many items as the second says.
    [Theory(Timeout = 60_000)]
    [InlineData("15FF", "found a damaged footer, at its byte 2 of 2")]
    [InlineData("29FCFFFFFFFF07", "found a damaged footer, at its byte 7 of 7")]
    [InlineData("1901191919191919191919191919191919191919191919", "found a damaged footer")]
    [InlineData("1500000000", "found a footer that ends at byte 3, expected 5")]
    [InlineData("", "found a footer of 0 bytes in a file of 12")]
    public async Task A_footer_that_goes_on_for_ever_or_claims_too_much_is_refused(string footer, string because)
    {
        using var folder = new TemporaryFolder();
        var bytes = Convert.FromHexString(footer);
        var shard = folder.Write("clips/part-00000.parquet", [.. "PAR1"u8, .. bytes, .. BitConverter.GetBytes(bytes.Length), .. "PAR1"u8]);

        var failure = await Task.Run(() => Assert.Throws<ShardReadException>(() => ShardReader.Open(folder.Path).Clips().ToList()), TestContext.Current.CancellationToken);

        Assert.StartsWith($"{shard}: not a readable shard of clips: {because}", failure.Message);
    }

    [Fact]
    public void A_file_ends_with_an_error_and_is_not_read_over_and_over()
    {
        using var folder = new TemporaryFolder();
        using var file = ShardStream.OpenRead(folder.Write("x", "four"));
        file.Seek(0, SeekOrigin.End);
        Assert.Throws<EndOfStreamException>(() => file.ReadByte());
        var passes = 0;
        Assert.Throws<InvalidDataException>(() =>
        {
            for (; passes < 1000; passes++)
            {
                file.Seek(0, SeekOrigin.Begin);
                file.ReadExactly(new byte[4]);
            }
        });
        Assert.InRange(passes, 2, 100);
    }

    [Fact]
    public async Task Counting_and_looking_for_a_video_read_the_columns_they_need_alone()
    {
        using var folder = new TemporaryFolder();
        ShardWriterTests.Write(folder, Enumerable.Range(0, 40).Select(i => SomeRows.Clip(i, $"video-{i % 2}")), 100);
        var shard = folder.File("clips", "part-00000.parquet");
        await SpoilColumnAsync(shard, "description");
        var reader = ShardReader.Open(folder.Path);

        Assert.Equal(20, reader.Count("clips", "video_id")["video-1"]);
        Assert.Equal("clips/part-00000.parquet", reader.PartOf("video-1-00007", _ => { }));
        Assert.Empty(reader.Clips(new(VideoId: "video-2")));
        Assert.Throws<ShardReadException>(() => reader.Clips(new(VideoId: "video-1")).ToList());
    }

    private static async Task SpoilColumnAsync(string shard, string column)
    {
        await using var file = File.Open(shard, FileMode.Open);
        await using var parquet = await Parquet.ParquetReader.CreateAsync(file);
        var place = parquet.RowGroups[0].RowGroup.Columns.Single(found => found.MetaData!.PathInSchema is [var name] && name == column).MetaData!;
        file.Seek(place.DataPageOffset, SeekOrigin.Begin);
        file.Write(new byte[place.TotalCompressedSize]);
    }

    /// <summary>The columns of clips as another program may have written them: one is left out, or is something else.</summary>
    private sealed class OtherColumns(Columns<ClipRow> ours, string column, Action<Columns<ClipRow>> instead) : Columns<ClipRow>
    {
        internal override T? ValueOrNull<T>(string name, string unit, string meaning, Func<ClipRow, T?> get) =>
            IsTold(name) ? ours.ValueOrNull(name, unit, meaning, get) : null;

        internal override string? TextOrNull(string name, string unit, string meaning, Func<ClipRow, string?> get) =>
            IsTold(name) ? ours.TextOrNull(name, unit, meaning, get) : null;

        internal override T[]? ListOrNull<T>(string name, string unit, string meaning, Func<ClipRow, IReadOnlyList<T>?> get) =>
            ours.ListOrNull(name, unit, meaning, get);

        internal override string[]? TextsOrNull(string name, string unit, string meaning, Func<ClipRow, IReadOnlyList<string>?> get) =>
            ours.TextsOrNull(name, unit, meaning, get);

        internal override TItem[]? StructsOrNull<TItem>(
            string name, string unit, string meaning, Func<ClipRow, IReadOnlyList<TItem>?> get, Func<Columns<TItem>, TItem> item)
        {
            if (name == column)
                instead(ours);
            return name == column ? null : ours.StructsOrNull(name, unit, meaning, get, item);
        }

        internal override T Missing<T>(string name) => ours.Missing<T>(name);

        private bool IsTold(string name)
        {
            if (name == column)
                instead(ours);
            return name != column;
        }
    }

    public static TheoryData<string, Action<object>, string> Others => new()
    {
        { "video_id", _ => { }, "column video_id: found none of this name, expected STRING" },
        { "start_frame", columns => Clip(columns).Text("start_frame", "", "", _ => "x"), "column start_frame: found type STRING, expected INT32" },
        { "start_frame", columns => Clip(columns).ValueOrNull<int>("start_frame", "", "", _ => null), "column start_frame: found null, expected a value" },
        { "time_base", columns => Clip(columns).Text("time_base", "", "", _ => "1:25"), "time_base: found '1:25', expected a fraction" },
        { "candidates", columns => Clip(columns).Texts("candidates", "", "", _ => ["x"]), "column candidates: found type LIST<STRING>, expected LIST<STRUCT<teacher STRING, " },
        {
            "candidates", columns => Clip(columns).StructsOrNull<string>("candidates", "", "", _ => ["x"], item => item.Text("teacher", "", "", text => text)),
            "column caption: found none of this name, expected STRING"
        },
    };

    private static Columns<ClipRow> Clip(object columns) => (Columns<ClipRow>)columns;

    [Theory]
    [MemberData(nameof(Others), DisableDiscoveryEnumeration = true)]
    public void A_shard_of_another_make_is_named(string column, Action<object> instead, string because)
    {
        using var folder = new TemporaryFolder();
        var shard = folder.File("clips", "part-00000.parquet");
        Directory.CreateDirectory(folder.File("clips"));
        var table = new ShardTable<ClipRow>("clips", ClipColumns.ByIdentity, columns => ClipColumns.Row(new OtherColumns(columns, column, instead)));
        ShardFile.Write(table, [SomeRows.Clip(1)], shard, SomeRows.Metadata);

        var failure = Assert.Throws<ShardReadException>(() => ShardReader.Open(folder.Path).Clips().ToList());

        Assert.StartsWith($"{shard}: not a readable shard of clips: ", failure.Message);
        Assert.Contains(because, failure.Message);
    }

    [Fact]
    public void Shards_that_DuckDB_wrote_for_an_earlier_version_are_read()
    {
        var reader = ShardReader.Open(Path.Combine(AppContext.BaseDirectory, "Data", "shards"));
        var numbers = Enumerable.Range(0, 36).ToList();

        Assert.Equal(ShardWriterTests.AsJson(numbers.Select(i => SomeRows.Clip(i))), ShardWriterTests.AsJson(reader.Clips()));
        Assert.Equal(ShardWriterTests.AsJson(numbers.Select(i => SomeRows.Segment(i))), ShardWriterTests.AsJson(reader.Segments()));
        Assert.Equal(ShardWriterTests.AsJson(numbers.Select(SomeRows.Filtered)), ShardWriterTests.AsJson(reader.Filtered()));
        Assert.Equal(
            ShardWriterTests.AsJson(numbers.Select(SomeRows.Failed).OrderBy(row => row.Id, StringComparer.Ordinal)), ShardWriterTests.AsJson(reader.Failed()));
    }
}
