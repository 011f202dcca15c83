using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Panda.Stream.Captioning;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Shards;

/// <summary>hyparquet, a Parquet reader in JavaScript that shares no code with Parquet.Net, finds the same rows.</summary>
public class IndependentReaderTests
{
    [Fact]
    public void Another_reader_finds_the_same_clips()
    {
        using var folder = new TemporaryFolder();
        var clips = Enumerable.Range(0, 300).Select(i => SomeRows.Clip(i)).ToList();
        ShardWriterTests.Write(folder, clips, 1000);

        var found = Read(folder.File("clips", "part-00000.parquet"));

        var rows = found["rows"]!.AsArray();
        Assert.Equal(clips.Count, rows.Count);
        for (var i = 0; i < clips.Count; i++)
            AssertSame(Expected(clips[i]), rows[i]!, $"clip {i}");
        Assert.Equal(ShardTables.Clips.Columns.Select(column => column.Name), rows[0]!.AsObject().Select(cell => cell.Key));
    }

    [Fact]
    public void Another_reader_finds_the_same_segments()
    {
        using var folder = new TemporaryFolder();
        var segments = Enumerable.Range(0, 40).Select(i => SomeRows.Segment(i) with { FirstFeature = i % 3 == 0 ? null : [i, 0.25f] }).ToList();
        using (var output = OutputFolder.Claim(folder.Path))
        {
            var writer = new ShardWriter(output, SomeRows.Metadata, 1000);
            segments.ForEach(writer.Add);
            writer.Complete();
        }

        var rows = Read(folder.File("segments", "part-00000.parquet"))["rows"]!.AsArray();

        Assert.Equal(segments.Count, rows.Count);
        for (var i = 0; i < segments.Count; i++)
        {
            var (row, expected) = (rows[i]!, segments[i]);
            Assert.Equal(expected.Segment.Index, (int)row["segment"]!);
            AssertSame(expected.FirstFeature is { } feature ? new JsonArray([.. feature.Select(x => JsonValue.Create(x))]) : null, row["first_feature"], "first_feature");
            Assert.Equal(expected.ClipId, (string?)row["clip_id"]);
            Assert.Equal(expected.Reason, (string?)row["reason"]);
            Assert.Equal(expected.Value, (double?)row["value"]);
            Assert.Equal(expected.ClipId is null ? "dropped" : "clip", (string?)row["outcome"]);
        }
    }

    [Fact]
    public void The_file_says_which_pipeline_wrote_it_and_is_compressed_with_zstd()
    {
        using var folder = new TemporaryFolder();
        ShardWriterTests.Write(folder, [SomeRows.Clip(1)], 10);

        var found = Read(folder.File("clips", "part-00000.parquet"));

        Assert.Equal("0123abcd", (string?)found["metadata"]!["pipeline_hash"]);
        Assert.Equal("0.1.0", (string?)found["metadata"]!["pipeline_version"]);
        Assert.StartsWith("Panda.Stream 0.1.0, Parquet.Net 6.", (string?)found["metadata"]!["created_by"]);
        Assert.Equal("ZSTD", (string?)Assert.Single(found["codecs"]!.AsArray()));
    }

    [Fact]
    public void Columns_have_the_types_that_DuckDB_gave_them_in_earlier_versions()
    {
        using var folder = new TemporaryFolder();
        using (var output = OutputFolder.Claim(folder.Path))
        {
            var writer = new ShardWriter(output, SomeRows.Metadata, 10);
            writer.Add(SomeRows.Clip(1));
            writer.Add(SomeRows.Segment(1));
            writer.Add(SomeRows.Filtered(1));
            writer.Add(SomeRows.Failed(1));
            writer.Complete();
        }
        foreach (var shard in ShardTables.Folders.Select(table => $"{table}/part-00000.parquet"))
            AssertSame(Read(Path.Combine(AppContext.BaseDirectory, "Data", "shards", shard))["schema"], Read(folder.File(shard))["schema"], shard);
    }

    private static JsonObject Expected(ClipRow clip) => new()
    {
        ["clip_id"] = clip.ClipId,
        ["video_id"] = clip.VideoId,
        ["source"] = clip.Source,
        ["start_frame"] = clip.StartFrame,
        ["end_frame"] = clip.EndFrame,
        ["start_s"] = clip.StartSeconds,
        ["end_s"] = clip.EndSeconds,
        ["start_pts"] = clip.StartPts.ToString(),
        ["end_pts"] = clip.EndPts.ToString(),
        ["time_base"] = clip.TimeBase.ToString(),
        ["timestamp"] = clip.Timestamp,
        ["fps"] = clip.Fps,
        ["width"] = clip.Width,
        ["height"] = clip.Height,
        ["caption"] = clip.Caption,
        ["caption_teacher"] = clip.CaptionTeacher,
        ["matching_score"] = clip.MatchingScore,
        ["candidates"] = new JsonArray([.. clip.Candidates.Select(Expected)]),
        ["title"] = clip.Title,
        ["description"] = clip.Description,
        ["subtitles"] = clip.Subtitles,
        ["inside_distance"] = clip.InsideDistance,
        ["motion_distance"] = clip.MotionDistance,
        ["embedder"] = clip.Models.Embedder,
        ["matcher"] = clip.Models.Matcher,
        ["teachers"] = new JsonArray([.. clip.Models.Teachers.Select(name => JsonValue.Create(name))]),
    };

    private static JsonObject Expected(Candidate candidate) => new()
    {
        ["teacher"] = candidate.Teacher,
        ["caption"] = candidate.Caption,
        ["score"] = candidate.Score,
        ["error"] = candidate.Error,
        ["names_replaced"] = candidate.NamesReplaced,
        ["asked"] = candidate.Asked,
    };

    private static void AssertSame(JsonNode? expected, JsonNode? found, string where)
    {
        switch (expected)
        {
            case JsonObject fields:
                foreach (var (name, value) in fields)
                    AssertSame(value, found![name], $"{where}.{name}");
                break;
            case JsonArray items:
                Assert.True(items.Count == found!.AsArray().Count, $"{where}: found {found}, expected {items}");
                for (var i = 0; i < items.Count; i++)
                    AssertSame(items[i], found[i], $"{where}[{i}]");
                break;
            case JsonValue number when number.TryGetValue<float>(out var single):
                Assert.True(single == (float)(double)found!, $"{where}: found {found}, expected {single}");
                break;
            case JsonValue number when number.TryGetValue<double>(out var value):
                Assert.True(value == (double)found!, $"{where}: found {found}, expected {value}");
                break;
            default:
                Assert.True(JsonNode.DeepEquals(expected, found), $"{where}: found {found?.ToJsonString()}, expected {expected?.ToJsonString()}");
                break;
        }
    }

    private static JsonObject Read(string shard, [CallerFilePath] string thisFile = "")
    {
        var script = Path.Combine(Path.GetDirectoryName(thisFile)!, "read-parquet.mjs");
        var modules = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "node_modules", "hyparquet"));
        Assert.SkipUnless(Directory.Exists(modules), "hyparquet is not installed: npm ci --ignore-scripts in tests/Panda.Stream.Tests");
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "node"))), "node is not on PATH");

        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(script);
        start.ArgumentList.Add(shard);
        using var node = Process.Start(start)!;
        var errors = node.StandardError.ReadToEndAsync();
        var output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        Assert.True(node.ExitCode == 0, errors.Result);
        return JsonNode.Parse(output)!.AsObject();
    }
}
