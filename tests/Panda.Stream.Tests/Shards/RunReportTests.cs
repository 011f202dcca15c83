using System.Text.Json.Nodes;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Shards;

public class RunReportTests
{
    internal static readonly RunReport Report = new()
    {
        Version = "0.1.0",
        PipelineHash = "0123abcd",
        Started = new(2026, 11, 22, 10, 29, 0, DateTimeKind.Utc),
        Finished = new(2026, 11, 22, 10, 30, 0, DateTimeKind.Utc),
        Split = new(new() { ["stitch"] = "preset" }, "layout@1", new(0.9, 0.8, 0.1, 0.2), Coherence: "mini-lpips@1", CoherencePerSecond: 1),
        Videos = new(In: 3, Done: 2, Failed: 1),
        InputsIgnored = 4,
        Segments = new(Total: 10, InClips: 7, Dropped: 3, new Dictionary<string, int> { ["transition"] = 2, ["still"] = 1 }),
        Clips = new(In: 5, Captioned: 4, Rows: 3, Filtered: 1, Failed: 1),
        FilteredBy = new Dictionary<string, int> { ["min_score"] = 1 },
        NamesReplaced = 2,
        Teachers = new Dictionary<string, TeacherCounts> { ["Mini-BLIP2"] = new(4, 2, 0), ["mini-video"] = new(4, 1, 1) },
        Seconds = 60,
        VideoSeconds = 240,
        Engines = new Dictionary<string, string> { ["parquet.net"] = "6.1.0" },
    };

    [Fact]
    public void What_is_written_is_read_back()
    {
        using var folder = new TemporaryFolder();
        using (var output = OutputFolder.Claim(folder.Path))
            Report.Write(output);
        var read = RunReport.Load(folder.Path);
        Assert.Equivalent(Report with { Split = null }, read with { Split = null });
        Assert.True(JsonNode.DeepEquals(Report.Split!.Config, read.Split!.Config));
        Assert.Equal(Report.Split, read.Split with { Config = Report.Split.Config });
    }

    [Fact]
    public void The_file_has_the_promised_keys()
    {
        using var folder = new TemporaryFolder();
        using (var output = OutputFolder.Claim(folder.Path))
            Report.Write(output);

        var expected = JsonNode.Parse("""
            {
              "version": "0.1.0", "pipeline_hash": "0123abcd",
              "started": "2026-11-22T10:29:00Z", "finished": "2026-11-22T10:30:00Z", "interrupted": false, "captioned": true,
              "split": {
                "config": {"stitch": "preset"}, "embedder": "layout@1",
                "thresholds": {"transition": 0.9, "stitch": 0.8, "still": 0.1, "repeat": 0.2}, "coherence": "mini-lpips@1", "coherence_per_second": 1
              },
              "videos": {"in": 3, "done": 2, "failed": 1, "waiting": 0}, "inputs_ignored": 4,
              "segments": {"total": 10, "in_clips": 7, "dropped": 3, "drops": {"transition": 2, "still": 1}},
              "clips": {"in": 5, "captioned": 4, "rows": 3, "filtered": 1, "failed": 1},
              "filtered_by": {"min_score": 1}, "names_replaced": 2,
              "teachers": {
                "Mini-BLIP2": {"candidates": 4, "chosen": 2, "errors": 0, "not_asked": 0},
                "mini-video": {"candidates": 4, "chosen": 1, "errors": 1, "not_asked": 0}
              },
              "seconds": 60, "video_seconds": 240, "clips_per_second": 0.05, "video_hours_per_hour": 4, "warnings": [], "model_calls": {}, "devices": [], "lost": [],
              "engines": {"parquet.net": "6.1.0"}
            }
            """);
        var found = JsonNode.Parse(File.ReadAllText(folder.File("run.json")));
        Assert.True(JsonNode.DeepEquals(expected, found), found!.ToJsonString());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"version": "0.1.0"}""")]
    public void A_file_that_is_no_report_is_named(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("run.json"), text);
        Assert.StartsWith(folder.File("run.json"), Assert.Throws<InvalidDataException>(() => RunReport.Load(folder.Path)).Message);
    }

    [Fact]
    public void Sums_that_hold_give_no_mismatch() => Assert.Empty(Report.Mismatches());

    [Fact]
    public void Every_sum_that_does_not_hold_is_told_in_words()
    {
        AssertOnly("videos: 4 in, but 2 done + 1 failed + 0 waiting = 3", Report with { Videos = new(4, 2, 1) });
        AssertOnly("segments: 11 in, but 7 in clips + 3 dropped = 10", Report with { Segments = Report.Segments with { Total = 11 } });
        AssertOnly("segments: 3 dropped, but 2 by reason", Report with { Segments = Report.Segments with { Drops = new Dictionary<string, int> { ["still"] = 2 } } });
        AssertOnly("segments: 3 dropped without a reason", Report with { Segments = Report.Segments with { Drops = new Dictionary<string, int> { [""] = 3 } } });
        AssertOnly("clips: 6 in, but 3 rows + 1 filtered + 1 failed = 5", Report with { Clips = Report.Clips with { In = 6 } });
        AssertOnly("clips: 1 filtered, but 2 by filter", Report with { FilteredBy = new Dictionary<string, int> { ["harmful_words"] = 2 } });
        AssertOnly("captions: 2 chosen for 3 rows", Report with { Teachers = new Dictionary<string, TeacherCounts> { ["a"] = new(4, 2, 0) } });
        AssertOnly("teacher b: 3 candidates for 4 captioned clips", Report with { Teachers = new Dictionary<string, TeacherCounts> { ["a"] = new(4, 2, 0), ["b"] = new(3, 1, 0) } });
        Assert.Contains("clips: 3 captioned, expected from 4 (rows + filtered) to 5 (in)", (Report with { Clips = Report.Clips with { Captioned = 3 } }).Mismatches());
    }

    private static void AssertOnly(string mismatch, RunReport report) => Assert.Equal([mismatch], report.Mismatches());
}
