using Panda.Stream.Config;
using Panda.Stream.Shards;
using Panda.Stream.Shards.Ledger;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Shards.Ledger;

public sealed class LedgerWriterTests : IDisposable
{
    private const int Videos = 6, VideosAtOnce = 2, RowsPerShard = 20, LostWhenKilled = 10, MostAttempts = 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void In_whatever_order_rows_come_and_however_often_it_is_killed_the_shards_are_the_same()
    {
        Write("ordered", new Random(1), shuffle: false, killEvery: int.MaxValue);
        var expected = Bytes("ordered");
        Assert.True(expected.Count > 10, $"{expected.Count} shards");
        for (var seed = 2; seed < 4; seed++)
        {
            Write($"shuffled-{seed}", new Random(seed), shuffle: true, killEvery: int.MaxValue);
            Assert.Equal(expected, Bytes($"shuffled-{seed}"));
            Write($"killed-{seed}", new Random(seed), shuffle: true, killEvery: 150);
            Assert.Equal(expected, Bytes($"killed-{seed}"));
        }
    }

    [Fact]
    public void Only_rows_of_full_shards_leave_the_ledger()
    {
        Write("out", new Random(1), shuffle: false, killEvery: int.MaxValue);
        using var file = RunLedger.OpenExisting(_folder.File("out"));
        foreach (var (kind, rows) in new[] { ("clips", 18), ("filtered", 6), ("segments", 36) }.Select(kind => (kind.Item1, Videos * kind.Item2)))
        {
            Assert.Equal(rows / RowsPerShard, file.Read("SELECT count(*) FROM shards WHERE kind = $1", row => row.GetInt32(0), kind)[0]);
            Assert.Equal(rows % RowsPerShard, file.Read("SELECT count(*) FROM rows WHERE kind = $1", row => row.GetInt32(0), kind)[0]);
        }
    }

    [Fact]
    public void What_is_lost_or_doubled_is_named()
    {
        using var output = OutputFolder.Claim(_folder.File("out"), goOn: true);
        using var ledger = Open(output);
        using var writer = Writer(ledger, output);
        foreach (var item in Items(0).Where(item => item is not { Kind: "clip", Number: 3 } and not { Kind: "segment", Number: 5 }))
            Add(writer, 0, item);
        foreach (var item in Items(1))
            Add(writer, 1, item);
        Add(writer, 2, Items(2)[0]);
        Add(writer, 2, Items(2)[0]);
        writer.Add(3, SomeRows.Segment(1, "video-003") with { ClipId = null, Reason = null });
        writer.Add(3, 0, Clip(3, 0) with { Candidates = [new("stranger", "x", 1, null)] });
        writer.Complete();

        Assert.Equal(
        [
            "clip video-002-00000 came out twice",
            "video-003: segment 1 is in no clip and was not dropped",
            "clip video-003-00000: found candidates of stranger, expected one each of teacher-0, teacher-1",
            "clip video-000-00003 went in and did not come out",
            "video-000: segment 5 was cut and has no outcome",
        ], writer.Mismatches);
        Assert.Equal([VideoState.Waiting, VideoState.Done, VideoState.Waiting], writer.Accounts().Videos.Take(3).Select(video => video.State));
    }

    [Fact]
    public void A_sealed_shard_that_was_taken_away_or_cut_is_noticed_and_one_that_was_not_committed_is_written_anew()
    {
        Write("out", new Random(1), shuffle: false, killEvery: int.MaxValue);
        var bytes = Bytes("out");
        var shard = _folder.File("out", "clips", "part-00000.parquet");
        var last = Directory.GetFiles(_folder.File("out", "clips")).Max()!;
        File.WriteAllText(last, "as a kill may leave it");
        Reopen();
        Assert.False(File.Exists(last));
        File.WriteAllBytes(shard, File.ReadAllBytes(shard)[..^1]);
        Assert.Contains($"{shard}: found {new FileInfo(shard).Length} bytes, expected the {new FileInfo(shard).Length + 1} bytes", Assert.Throws<LedgerException>(Reopen).Message);
        File.Delete(shard);
        Assert.Contains($"{shard}: found no such file, expected the", Assert.Throws<LedgerException>(Reopen).Message);

        void Reopen()
        {
            using var output = OutputFolder.Claim(_folder.File("out"), goOn: true);
            using var ledger = Open(output);
            using var writer = Writer(ledger, output);
        }
    }

    [Fact]
    public void What_is_no_ledger_or_held_by_another_program_is_refused_by_name()
    {
        using var output = OutputFolder.Claim(_folder.File("out"), goOn: true);
        File.WriteAllText(_folder.File("out", "ledger.sqlite"), "this is no database, but long enough to be looked at by SQLite, which wants a hundred bytes and more of it");
        Assert.StartsWith($"{_folder.File("out", "ledger.sqlite")}: SQLite Error 26", Assert.Throws<LedgerException>(() => Open(output)).Message);
    }

    private sealed record Item(string Kind, int Number);

    /// <summary>18 rows, 6 filtered clips, 36 segments and the end of each video; every fourth failed.</summary>
    private static List<Item> Items(int video) =>
    [
        .. Enumerable.Range(0, 24).Select(clip => new Item("clip", clip)), .. Enumerable.Range(0, 36).Select(segment => new Item("segment", segment)), new("end", 0),
    ];

    private static ClipRow Clip(int video, int clip) => SomeRows.Clip(clip, $"video-{video:000}") with
    {
        Candidates = [new("teacher-0", $"caption {clip}", 0.5f, null), new("teacher-1", "other", 0.25f, null)],
    };

    private static void Add(LedgerWriter writer, int video, Item item)
    {
        if (item.Kind == "segment")
            writer.Add(video, SomeRows.Segment(item.Number, $"video-{video:000}"));
        else if (item.Kind == "end")
            writer.End(new(video, $"video-{video:000}", video % 4 == 3 ? SomeRows.Failed(0) with { Id = $"video-{video:000}" } : null, 36, 24, 100, 4, true, [], []));
        else if (item.Number % 4 == 3)
            writer.Add(video, item.Number, new FilteredRow(Clip(video, item.Number), "min_score", "too low"));
        else
            writer.Add(video, item.Number, Clip(video, item.Number));
    }

    /// <summary>Writes everything, ending without a word after so many items and going on with a new writer until all is done.</summary>
    private void Write(string name, Random random, bool shuffle, int killEvery)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            using var output = OutputFolder.Claim(_folder.File(name), goOn: true);
            using var ledger = Open(output);
            using var writer = Writer(ledger, output);
            // Some videos at a time, as in lanes.
            var items = ledger.Videos.Where(video => video.State == VideoState.Waiting).Chunk(VideosAtOnce).SelectMany(videos =>
            {
                var together = videos.SelectMany(video => Items(video.Ordinal).Select(item => (Video: video.Ordinal, Item: item))).ToArray();
                if (shuffle)
                    random.Shuffle(together);
                return together;
            }).ToArray();
            foreach (var (i, (video, item)) in items.Index())
            {
                if (i == killEvery)
                    break;
                if (i == killEvery - LostWhenKilled)
                    Thread.Sleep(LedgerWriter.BetweenCommits * 2);
                Add(writer, video, item);
            }
            if (items.Length > killEvery)
                continue; // as if killed: what was not committed is gone
            writer.Complete();
            Assert.Empty(writer.Mismatches);
            return;
        }
        Assert.Fail($"{name}: not done after {MostAttempts} attempts");
    }

    private SortedDictionary<string, string> Bytes(string name) => new(
        ShardTables.Folders.SelectMany(table => Directory.GetFiles(_folder.File(name, table)))
            .ToDictionary(path => Path.GetRelativePath(_folder.File(name), path), path => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))), StringComparer.Ordinal);

    private static RunLedger Open(OutputFolder output) => RunLedger.Open(
        output, new PipelineConfig(), RunIdentityTests.Identity(new PipelineConfig()),
        new VideoInputs([.. Enumerable.Range(0, Videos).Select(i => new VideoInput($"video-{i:000}", $"/videos/video-{i:000}.mp4"))], [], 0), []);

    private static LedgerWriter Writer(RunLedger ledger, OutputFolder output) => new(ledger, output, SomeRows.Metadata, RowsPerShard, ["teacher-0", "teacher-1"]);
}
