using System.Text.RegularExpressions;
using Panda.Stream.Config;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Graph;

/// <summary>Runs that go on, and runs that were changed: the shards are those of a run in one go, byte for byte, and only what must be is computed.</summary>
public sealed class ResumeTests(WholeRun whole) : IClassFixture<WholeRun>
{
    [Fact]
    public async Task A_run_that_was_stopped_goes_on_to_the_same_shards()
    {
        var runs = whole.Runs;
        for (var frames = 1; ; frames += 400)
        {
            using var stop = new CancellationTokenSource();
            var (report, _, _) = await runs.RunAsync("stopped", stop: stop, stopWhen: run => run.Stages[0].Done > frames);
            Assert.Empty(report.Mismatches());
            Assert.Equal(report.Videos.Waiting > 0, report.Interrupted);
            Assert.Equal(report.Clips.Rows, ShardReader.Open(runs.PathOf("stopped")).Clips().Count());
            if (!report.Interrupted)
                break;
        }
        Assert.Equal(whole.Shards, runs.Shards("stopped"));
        Assert.Equal(whole.Report.Clips, RunReport.Load(runs.PathOf("stopped")).Clips);
        Assert.Equivalent(whole.Report.Warnings, RunReport.Load(runs.PathOf("stopped")).Warnings);
    }

    [Fact]
    public async Task The_same_again_finds_nothing_to_do()
    {
        whole.Runs.Copy("whole", "again");
        var written = File.GetLastWriteTimeUtc(whole.Runs.PathOf("again/run.json"));
        using var models = Stream.Graph.ModelSet.Load(whole.Runs.Config, threads: 1);
        using var folder = OutputFolder.Claim(whole.Runs.PathOf("again"), goOn: true);
        await using var run = new Stream.Graph.PipelineRun(whole.Runs.Config, Stream.Videos.VideoInputs.Find(whole.Runs.Input), models, folder, CancellationToken.None);
        Assert.True(run.Plan.IsComplete);
        Assert.Equal(written, File.GetLastWriteTimeUtc(whole.Runs.PathOf("again/run.json")));
        Assert.Equal(whole.Shards, whole.Runs.Shards("again"));
    }

    [Fact]
    public async Task A_last_shard_that_was_taken_away_is_written_again_from_the_ledger()
    {
        whole.Runs.Copy("whole", "taken");
        var last = Directory.GetFiles(whole.Runs.PathOf("taken/clips")).Max()!;
        File.Delete(last);
        Assert.Contains("clips: found ", Assert.Single(Stream.Shards.Ledger.Story.Of(whole.Runs.PathOf("taken"), "wide").Damage));
        var (_, work, notes) = await whole.Runs.RunAsync("taken");
        Assert.Matches($@"^{Regex.Escape(last)}: found no such file, expected the \d+ bytes that the run wrote; it is written again from ", notes[1]);
        Assert.Equal(whole.Shards, whole.Runs.Shards("taken"));
        Assert.Equal(0, work.Frames);
    }

    [Theory, InlineData("{"), InlineData("")]
    public async Task A_report_that_cannot_be_read_is_made_again(string damaged)
    {
        var name = $"report-{damaged.Length}";
        whole.Runs.Copy("whole", name);
        await File.WriteAllTextAsync(whole.Runs.PathOf($"{name}/run.json"), damaged);
        var (report, work, _) = await whole.Runs.RunAsync(name);
        Assert.Equal((0, whole.Report.Clips), (work.Frames, report.Clips));
        Assert.Equal(whole.Shards, whole.Runs.Shards(name));
    }

    [Fact]
    public async Task A_last_shard_that_was_cut_is_written_again_and_a_full_one_refused_before_anything_moves()
    {
        whole.Runs.Copy("whole", "cut");
        foreach (var table in new[] { "clips", "segments", "failed" })
            await File.WriteAllTextAsync(Directory.GetFiles(whole.Runs.PathOf($"cut/{table}")).Max()!, "");
        var (_, work, notes) = await whole.Runs.RunAsync("cut");
        Assert.Equal(["clips", "failed", "segments"], notes.Skip(1).Select(note => Path.GetFileName(Path.GetDirectoryName(note.Split(": found 0 bytes")[0]))!).Order());
        Assert.Equal(whole.Shards, whole.Runs.Shards("cut"));
        Assert.Equal(0, work.Frames);

        var shard = whole.Runs.PathOf("cut/segments/part-00000.parquet");
        await File.WriteAllTextAsync(shard, "");
        foreach (var config in new[] { whole.Runs.Config, whole.Runs.Config with { Select = whole.Runs.Config.Select with { MinScore = 0.5 } } })
            Assert.Contains($"{shard}: found 0 bytes", (await Assert.ThrowsAsync<Stream.Shards.Ledger.LedgerException>(() => whole.Runs.RunAsync("cut", config))).Message);
        Assert.False(Directory.Exists(whole.Runs.PathOf("cut/.earlier")));
        Assert.True(File.Exists(whole.Runs.PathOf("cut/run.json")));
    }

    [Fact]
    public async Task What_a_kill_leaves_of_earlier_results_is_in_no_ones_way()
    {
        whole.Runs.Copy("whole", "leftovers");
        foreach (var left in new[] { ".earlier/0/filtered", ".earlier.gone/1/clips" })
            Directory.CreateDirectory(whole.Runs.PathOf($"leftovers/{left}"));
        whole.Runs.Copy("whole", "leftovers/.earlier/2");
        await File.WriteAllTextAsync(whole.Runs.PathOf("leftovers/.earlier/2/clips/part-00000.parquet"), "");
        var changed = whole.Runs.Config with { Shards = new() { Rows = 13 } };
        var (_, work, notes) = await whole.Runs.RunAsync("leftovers", changed);
        await whole.Runs.RunAsync("leftovers-fresh", changed);
        Assert.Equal(whole.Runs.Shards("leftovers-fresh"), whole.Runs.Shards("leftovers"));
        Assert.Equal(whole.FramesOfFailed, work.Frames);
        Assert.Contains(notes, note => note.EndsWith("what " + whole.Runs.PathOf("leftovers/.earlier/2") + " held is computed again", StringComparison.Ordinal));
        Assert.Empty(Directory.GetDirectories(whole.Runs.PathOf("leftovers"), ".earlier*"));
    }

    [Fact]
    public async Task What_failed_or_made_do_with_less_for_a_limit_is_taken_up_again_when_the_limit_changes()
    {
        var limited = whole.Runs.Config with { Resources = new() { Memory = new(1 << 20) } };
        var (failed, _, _) = await whole.Runs.RunAsync("limited", limited);
        Assert.True(failed.Videos.Failed > whole.Report.Videos.Failed);
        var call = Stream.Shards.Ledger.RunLedger.CallOf(whole.Runs.PathOf("limited"));
        Assert.Equal(limited.Resources.Memory, call.Config.Resources.Memory);
        var (_, _, notes) = await whole.Runs.RunAsync("limited");
        Assert.Contains("has changed since: what had failed", Assert.Single(notes));
        Assert.Equal(whole.Shards, whole.Runs.Shards("limited"));
    }

    [Fact]
    public void The_ledger_knows_the_configuration_and_every_clips_story()
    {
        var recorded = Stream.Shards.Ledger.RunLedger.CallOf(whole.Runs.PathOf("whole")).Config;
        Assert.Equal(PipelineHash.Of(whole.Runs.Config), PipelineHash.Of(recorded));
        Assert.Equal((whole.Runs.Input, whole.Runs.Models, 20, whole.Runs.PathOf("whole")), (recorded.Input, recorded.Models, recorded.Shards.Rows, recorded.Output));

        var story = Stream.Shards.Ledger.Story.Of(whole.Runs.PathOf("whole"), "wide-00000");
        Assert.Contains("wide: done, ", story.Standing);
        Assert.Contains("; clip 0 is in clips/", story.Standing);
        Assert.Equal(["ledger", "second", "select", "split", "teacher", "videos"], story.Steps.Select(step => step.Stage).Order(StringComparer.Ordinal));
        Assert.Equal(story.Steps.OrderBy(step => step.Ended), story.Steps);
        Assert.Equal("ledger", story.Steps[^1].Stage);
        Assert.Contains(" chosen with ", story.Steps.Single(step => step.Stage == "select").Outcome);
        Assert.StartsWith("broken: failed", Stream.Shards.Ledger.Story.Of(whole.Runs.PathOf("whole"), "broken").Standing);
        Assert.Contains("found no video or clip 'nobody'", Assert.Throws<Stream.Shards.Ledger.LedgerException>(() => Stream.Shards.Ledger.Story.Of(whole.Runs.PathOf("whole"), "nobody")).Message);
    }

    [Fact]
    public async Task A_story_is_told_as_far_as_damaged_shards_allow_and_names_them()
    {
        whole.Runs.Copy("whole", "damaged");
        var folder = whole.Runs.PathOf("damaged");
        foreach (var table in new[] { "segments", "clips" })
            await File.WriteAllTextAsync(Path.Combine(folder, table, "part-00000.parquet"), "");
        var story = Stream.Shards.Ledger.Story.Of(folder, "bt709-00000");
        Assert.Contains("bt709: done, ", story.Standing);
        Assert.EndsWith("; clip 0 is in no shard that can be read", story.Standing);
        Assert.NotEmpty(story.Steps);
        Assert.Empty(story.Segments);
        Assert.Equal(["clips", "segments"], story.Damage.Select(damage => Path.GetFileName(Path.GetDirectoryName(damage.Split(": found 0 bytes")[0]))!).Order());

        var (code, output, error) = await PandaProcess.RunAsync("why", folder, "wide");
        Assert.Equal(1, code);
        Assert.Contains("wide: done, ", output);
        Assert.Contains($"may be missing above: {folder}/segments/part-00000.parquet: found 0 bytes", error);
        Assert.Empty(Stream.Shards.Ledger.Story.Of(whole.Runs.PathOf("whole"), "wide").Damage);
    }

    [Fact]
    public async Task A_story_names_the_segments_of_a_clip_and_those_that_a_video_lost()
    {
        await whole.Runs.RunAsync("lossy", whole.Runs.Config with { Split = whole.Runs.Config.Split with { ShortestS = 1 } });
        var reader = ShardReader.Open(whole.Runs.PathOf("lossy"));
        var segments = reader.Segments().ToList();
        Assert.All(reader.Clips().Select(clip => clip.ClipId), id => Assert.Equal(Kept(segments, row => row.ClipId == id), Told(id)));
        var lost = segments.Where(row => row.Reason is not null).Select(row => row.VideoId).Distinct().ToList();
        Assert.NotEmpty(lost);
        Assert.All(lost, id => Assert.Equal(Kept(segments, row => row.VideoId == id && row.Reason is not null), Told(id)));

        IEnumerable<(int, string?, string?)> Told(string id) => Kept(Stream.Shards.Ledger.Story.Of(whole.Runs.PathOf("lossy"), id).Segments, _ => true);

        static IEnumerable<(int, string?, string?)> Kept(IEnumerable<SegmentRow> rows, Func<SegmentRow, bool> wanted) =>
            rows.Where(wanted).Select(row => (row.Segment.Index, row.Reason, row.Detail));
    }

    [Fact]
    public async Task An_export_says_how_much_of_the_result_is_still_to_come()
    {
        using var runs = new SmallRuns();
        using var stop = new CancellationTokenSource();
        var (report, _, _) = await runs.RunAsync("out", stop: stop, stopWhen: run => run.Stages[0].Done > 50);
        Assert.True(report.Interrupted);
        var unfinished = $"the result is unfinished: {report.Videos.Waiting} of {report.Videos.In} videos wait for the run to go on";
        Assert.Equal(unfinished, Export("stopped"));
        File.Delete(runs.PathOf("out/run.json")); // as a run has it that goes on, or was killed
        Assert.Equal($"{unfinished}, and rows of the others that fill no shard yet are not there", Export("killed"));
        await runs.RunAsync("out");
        Assert.Null(Export("whole"));

        string? Export(string name) => Stream.Export.DatasetExport.Write(runs.PathOf("out"), runs.PathOf(name), new() { Format = Stream.Export.ExportFormat.Jsonl }).Unfinished;
    }

    [Fact]
    public async Task Lanes_threads_batches_and_waits_show_in_no_byte()
    {
        using var runs = new SmallRuns();
        // With several threads libav notes damage a frame earlier or later.
        File.Delete(Path.Combine(runs.Input, "short.mkv"));
        File.Delete(Path.Combine(runs.Input, "back.ts"));
        await runs.RunAsync("whole");
        var random = new Random(5);
        for (var i = 0; i < 3; i++)
        {
            BatchConfig Batch() => new() { Largest = random.Next(1, 12), LongestWaitMs = random.Next(0, 30) };
            var config = runs.Config with
            {
                Decode = new() { VideosAtOnce = random.Next(1, 6), ThreadsEach = random.Next(1, 4) },
                Caption = runs.Config.Caption with { Batch = Batch() },
                Split = runs.Config.Split with { Batch = Batch() },
            };
            await runs.RunAsync($"random-{i}", config);
            Assert.Equal(runs.Shards("whole"), runs.Shards($"random-{i}"));
        }
    }

    public static readonly TheoryData<string, Func<PipelineConfig, PipelineConfig>, string> Changes = new()
    {
        { "min_score", config => config with { Select = config.Select with { MinScore = 0.5 } }, "" },
        { "shards", config => config with { Shards = new() { Rows = 11 } }, "" },
        { "thresholds", config => config with { Split = config.Split with { ShortestS = 1, Trim = 0.2, Stitch = 2, LongestS = 3 } }, "decoded asked scored" },
        { "shorter", config => config with { Split = config.Split with { ShortestS = 1 } }, "" },
        { "swapped", config => config with { Caption = config.Caption with { Teachers = ["teacher", "third"] } }, "decoded third scored" },
        { "added", config => config with { Caption = config.Caption with { Teachers = ["teacher", "second", "third"] } }, "decoded third scored" },
        { "removed", config => config with { Caption = config.Caption with { Teachers = ["second"] } }, "decoded scored" },
        { "matcher", config => config with { Select = config.Select with { Matcher = "other" } }, "decoded scored" },
        { "cuts", config => config with { Split = config.Split with { SegmentS = 2 } }, "decoded embedded asked scored" },
    };

    [Theory, MemberData(nameof(Changes))]
    public async Task A_changed_run_computes_only_what_changed_and_gives_the_shards_of_a_fresh_one(string name, Func<PipelineConfig, PipelineConfig> change, string expected)
    {
        var runs = whole.Runs;
        var config = change(runs.Config);
        runs.Copy("whole", $"{name}-changed");
        var (report, work, notes) = await runs.RunAsync($"{name}-changed", config);
        await runs.RunAsync($"{name}-fresh", config);

        Assert.Equal(runs.Shards($"{name}-fresh"), runs.Shards($"{name}-changed"));
        Assert.StartsWith("changed since the result in", Assert.Single(notes));
        Assert.False(Directory.Exists(runs.PathOf($"{name}-changed/.earlier")));
        // Videos that had failed are always tried again: one is no video, the other breaks off in its first third; its clips' captions stay.
        var failedFrames = whole.FramesOfFailed;
        Assert.Equal(expected.Contains("decoded", StringComparison.Ordinal), work.Frames > failedFrames);
        Assert.Equal(expected.Contains("embedded", StringComparison.Ordinal), work.Embedded > whole.EmbeddedOfFailed);
        Assert.Equal(expected.Contains("scored", StringComparison.Ordinal), work.Scored > 0);
        foreach (var teacher in config.Caption.Teachers)
            Assert.Equal(expected.Contains("asked", StringComparison.Ordinal) || expected.Contains(teacher, StringComparison.Ordinal), work.Captions[teacher] > 0);
        Assert.Equal(report.Clips.In, RunReport.Load(runs.PathOf($"{name}-fresh")).Clips.In);
    }

    [Fact]
    public async Task A_change_back_before_the_changed_run_was_complete_still_finds_the_first_result()
    {
        var runs = whole.Runs;
        var changed = runs.Config with { Split = runs.Config.Split with { SegmentS = 2 } };
        runs.Copy("whole", "there-and-back");
        using var stop = new CancellationTokenSource();
        await runs.RunAsync("there-and-back", changed, stop, run => run.Stages[0].Done > 100);
        var (_, work, _) = await runs.RunAsync("there-and-back");
        Assert.Equal(whole.Shards, runs.Shards("there-and-back"));
        Assert.Equal((whole.FramesOfFailed, 0L), (work.Frames, work.Scored));
    }

    [Fact]
    public async Task Videos_that_are_new_gone_or_other_are_noticed_and_the_rest_is_taken_over()
    {
        using var runs = new SmallRuns();
        await runs.RunAsync("out");
        File.Delete(Path.Combine(runs.Input, "quarters.mp4"));
        File.Copy(TestFiles.Video("fullrange.mp4"), Path.Combine(runs.Input, "fullrange.mp4"));
        File.Copy(TestFiles.Video("turned270.mp4"), Path.Combine(runs.Input, "wide.mp4"), overwrite: true);
        File.WriteAllText(Path.Combine(runs.Input, "bt709.srt"), "1\n00:00:00,000 --> 00:00:09,000\nother words\n");

        var (_, work, notes) = await runs.RunAsync("out");
        await runs.RunAsync("fresh");

        Assert.Equal(runs.Shards("fresh"), runs.Shards("out"));
        Assert.Contains("1 new, 1 gone, 2 with other content", Assert.Single(notes));
        // The new one, the changed one, the one with other text (12 frames each), and what had failed.
        Assert.InRange(work.Frames, whole.FramesOfFailed + 25, whole.FramesOfFailed + 36);
    }

    [Fact]
    public async Task A_retry_counts_what_waits_too_and_does_nothing_where_there_is_nothing()
    {
        using var runs = new SmallRuns();
        await runs.RunAsync("out");
        using var stop = new CancellationTokenSource();
        var (stopped, _, _) = await runs.RunAsync("out", stop: stop, stopWhen: _ => true, retry: true);
        Assert.True(stopped.Videos.Waiting > 0);
        var (_, _, notes) = await runs.RunAsync("out", retry: true);
        Assert.StartsWith(stopped.Videos.Failed > 0
            ? $"taking up again {Plural.Of(stopped.Videos.Failed, "failed video")}, going on with {Plural.Of(stopped.Videos.Waiting, "video")} that wait; "
            : "going on with the run in ", Assert.Single(notes));

        File.Delete(Path.Combine(runs.Input, "broken.mp4"));
        File.Delete(Path.Combine(runs.Input, "short.mkv"));
        await runs.RunAsync("sound");
        (_, var work, notes) = await runs.RunAsync("sound", retry: true);
        Assert.Equal("nothing to retry: no video or clip of this run failed, every teacher answered, and nothing waits", Assert.Single(notes));
        Assert.Equal(0, work.Frames);
    }

    [Fact]
    public async Task What_failed_is_taken_up_again_and_what_succeeds_becomes_rows()
    {
        using var runs = new SmallRuns();
        var (before, _, _) = await runs.RunAsync("out");
        var shards = runs.Shards("out");
        Assert.Equal(2, before.Videos.Failed);
        var (report, work, notes) = await runs.RunAsync("out", retry: true);
        Assert.StartsWith("taking up again 2 failed videos", Assert.Single(notes));
        Assert.Equal(before.Clips, report.Clips);
        Assert.Equal(whole.FramesOfFailed, work.Frames);
        Assert.Equal(shards, runs.Shards("out"));
        File.Copy(TestFiles.Video("fullrange.mp4"), Path.Combine(runs.Input, "broken.mp4"), overwrite: true);
        (report, _, _) = await runs.RunAsync("out", retry: true);
        Assert.Equal(1, report.Videos.Failed);
        Assert.True(report.Clips.Rows > before.Clips.Rows);
        await runs.RunAsync("fresh");
        Assert.Equal(runs.Shards("fresh"), runs.Shards("out"));
    }
}

/// <summary>A run in one go, with which the others are compared.</summary>
public sealed class WholeRun : IAsyncLifetime
{
    public SmallRuns Runs { get; } = new();

    public RunReport Report { get; private set; } = null!;

    public SortedDictionary<string, string> Shards { get; private set; } = null!;

    /// <summary>Frames that the videos have which never get through.</summary>
    public long FramesOfFailed { get; private set; }

    public long EmbeddedOfFailed { get; private set; }

    public async ValueTask InitializeAsync()
    {
        (Report, _, _) = await Runs.RunAsync("whole");
        Assert.Empty(Report.Mismatches());
        Assert.True(Report.Clips.Rows > 40 && Report.Videos is { Failed: 2, Waiting: 0 }, $"{Report.Clips} {Report.Videos}");
        Shards = Runs.Shards("whole");
        var reader = ShardReader.Open(Runs.PathOf("whole"));
        FramesOfFailed = reader.Failed().Where(row => row.Kind == FailedKind.Video).Sum(row => row.FramesReached ?? 0);
        EmbeddedOfFailed = 2 * reader.Segments().Count(row => row.VideoId == "short");
    }

    public ValueTask DisposeAsync()
    {
        Runs.Dispose();
        return ValueTask.CompletedTask;
    }
}
