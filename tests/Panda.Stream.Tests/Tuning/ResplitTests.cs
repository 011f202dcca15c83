using System.Text.Json.Nodes;
using Panda.Stream.Config;
using Panda.Stream.Graph;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;
using Panda.Stream.Tuning;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Tuning;

public sealed class ResplitTests(RecordedSamples samples) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_same_thresholds_give_the_same_result()
    {
        Resplit(samples.Folder, "again");

        Assert.True(SplitResults.Clips(samples.Folder).Count >= 5);
        Assert.Equal(SplitResults.Clips(samples.Folder), SplitResults.Clips(_folder.File("again")));
        Assert.Equal(SplitResults.Segments(samples.Folder), SplitResults.Segments(_folder.File("again")));
    }

    public static readonly TheoryData<string[], SplitConfig> Others = new()
    {
        { ["split.stitch=0.4", "split.transition=0.6"], new() { Stitch = 0.4, Transition = 0.6 } },
        { ["split.still=0.3", "split.repeat=1", "split.trim=0.23", "split.shortest_s=1", "split.longest_s=3.3"], new() { Still = 0.3, Repeat = 1, Trim = 0.23, ShortestS = 1, LongestS = 3.3 } },
        { ["split.preset=released"], new() { Preset = SplitPreset.Released } },
    };

    [Theory, MemberData(nameof(Others))]
    public async Task Other_thresholds_give_what_splitting_with_them_gives(string[] set, SplitConfig split)
    {
        Resplit(samples.Folder, "resplit", set);
        await SplitResults.MakeAsync(_folder.File("fresh"), split, RecordedSamples.Videos);

        Assert.NotEqual(SplitResults.Clips(samples.Folder), SplitResults.Clips(_folder.File("fresh")));
        Assert.Equal(SplitResults.Clips(_folder.File("fresh")), SplitResults.Clips(_folder.File("resplit")));
        Assert.Equal(SplitResults.Segments(_folder.File("fresh")), SplitResults.Segments(_folder.File("resplit")));
        Assert.Equal(RunReport.Load(_folder.File("fresh")).PipelineHash, RunReport.Load(_folder.File("resplit")).PipelineHash);
    }

    [Fact]
    public void A_resplit_result_can_be_resplit_back()
    {
        Resplit(samples.Folder, "other", "split.stitch=0.2");
        Resplit(_folder.File("other"), "back", "split.stitch=preset");

        Assert.NotEqual(SplitResults.Clips(samples.Folder), SplitResults.Clips(_folder.File("other")));
        Assert.Equal(SplitResults.Clips(samples.Folder), SplitResults.Clips(_folder.File("back")));
    }

    [Fact]
    public async Task The_clips_of_a_whole_run_come_again_without_its_captions()
    {
        var models = _folder.File("models");
        ModelsFolder.Make(models, embedders: [], teachers: ["teacher"], matchers: ["matcher"]);
        ModelsFolder.CopyOf("layout", models);
        var config = new PipelineConfig
        {
            Input = Repository.File("samples/beach_day.mp4"), Models = models, Caption = new() { Teachers = ["teacher"] }, Select = new() { Matcher = "matcher" },
        };
        using (var loaded = ModelSet.Load(config, threads: 1))
        using (var folder = OutputFolder.Claim(_folder.File("run")))
        {
            await using var run = new PipelineRun(config, VideoInputs.Find(config.Input), loaded, folder, CancellationToken.None);
            Assert.Empty((await run.RunAsync()).Mismatches());
        }
        // As if a name had been replaced and a clip filtered.
        var told = JsonNode.Parse(await File.ReadAllTextAsync(_folder.File("run", RunReport.FileName)))!;
        (told["names_replaced"], told["filtered_by"]) = (9, new JsonObject { ["min_score"] = 1 });
        await File.WriteAllTextAsync(_folder.File("run", RunReport.FileName), told.ToJsonString());
        Resplit(_folder.File("run"), "again");
        Assert.Equal(0, RunReport.Load(_folder.File("again")).NamesReplaced);

        var (before, after) = (Rows("run"), Rows("again"));
        Assert.All(before, row => Assert.True(row.MaxRunningLpips > 0 && row.Caption is not null));
        Assert.Equal(before.Select(Place), after.Select(Place));
        Assert.All(after, row => Assert.True(row.Caption is null && row.Candidates.Count == 0 && row.Models.Matcher.Length == 0));

        static object Place(ClipRow row) => (row.ClipId, row.StartFrame, row.EndFrame, (row.StartSeconds, row.EndSeconds, row.StartPts, row.EndPts, row.Timestamp),
            (row.TimeBase, row.Fps, row.Width, row.Height), (row.Title, row.Description, row.Subtitles), (row.InsideDistance, row.MotionDistance, row.MaxRunningLpips));
    }

    [Theory]
    [InlineData("split.threshold=20", "--set split.threshold=20: error PS108: split.threshold: found 20, expected 25 as in ")]
    [InlineData("split.segment_s=4", "split.segment_s: found 4, expected 5 as in ")]
    [InlineData("split.probe=0.2", "split.probe: found 0.2, expected 0.05 as in ")]
    [InlineData("split.embedder=imagebind", "split.embedder: found imagebind, expected layout as in ")]
    [InlineData("split.preset=paper", "--set split.preset=paper: error PS108: split.probe: found 0.1, expected 0.05 as in ")]
    [InlineData("caption.teachers=[a]", "caption.teachers: not a key of splitting, expected one of split.transition, split.stitch")]
    [InlineData("split.detector=histogram", "split.detector: found histogram, expected content as in ")]
    [InlineData("split.filter=merge", "split.filter: found merge, expected suppress as in ")]
    [InlineData("split.stich=0.5", "error PS104: split: unknown key 'stich'")]
    [InlineData("split.stitch=high", "--set split.stitch=high: error PS106")]
    [InlineData("split.shortest_s=90", "split.shortest_s: found a shortest clip of 90 s and a longest of 60 s")]
    public void What_needs_decoding_or_is_wrong_is_refused(string set, string expected)
    {
        var error = Assert.Throws<TuningException>(() => RecordedSplit.Load(samples.Folder).With([Override.Set(set)]));
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public async Task A_shard_of_segments_that_is_missing_is_noticed()
    {
        await SplitResults.MakeAsync(_folder.File("all"), new SplitConfig(), RecordedSamples.Videos);
        File.Delete(Directory.GetFiles(_folder.File("all", "segments")).Max()!);
        var refused = Assert.Throws<ShardReadException>(() => RecordedSplit.Load(_folder.File("all")));
        Assert.Matches(@"segments: found 0 rows, expected the \d+ of which run\.json tells", refused.Message);
    }

    [Fact]
    public void Without_a_finished_result_it_says_what_is_missing()
    {
        Assert.Throws<ShardReadException>(() => RecordedSplit.Load(_folder.File("nothing")));
        Resplit(samples.Folder, "killed");
        File.Delete(_folder.File("killed", RunReport.FileName));
        Assert.Contains("run.json: found no such file", Assert.Throws<InvalidDataException>(() => RecordedSplit.Load(_folder.File("killed"))).Message);
        Resplit(samples.Folder, "old");
        using (var old = OutputFolder.Claim(_folder.File("old2")))
            (RunReport.Load(_folder.File("old")) with { Split = null }).Write(old);
        Assert.Contains("found no key 'split'", Assert.Throws<InvalidDataException>(() => RecordedSplit.Load(_folder.File("old2"))).Message);
    }

    [Fact]
    public void What_is_not_tuned_stays_in_the_hash_of_the_pipeline()
    {
        using (var output = OutputFolder.Claim(_folder.File("unmeasured")))
        using (var embedder = ModelSet.LoadEmbedder(Unmeasured, 1))
            new SplitShards(Unmeasured, embedder, null, output).Complete(new([], [], 0), new(), interrupted: false);
        Resplit(_folder.File("unmeasured"), "again");

        var hash = RunReport.Load(_folder.File("unmeasured")).PipelineHash;
        Assert.Equal(hash, RunReport.Load(_folder.File("again")).PipelineHash);
        Assert.NotEqual(hash, RunReport.Load(samples.Folder).PipelineHash);
    }

    private static PipelineConfig Unmeasured { get; } = new() { Models = Repository.File("models"), Coherence = new() { Model = null } };

    [Fact]
    public async Task Sources_are_absolute_so_that_texts_are_found_from_any_folder_and_missed_where_they_are_gone()
    {
        var video = _folder.File("beach_day.mp4");
        File.Copy(Repository.File("samples/beach_day.mp4"), video);
        File.Copy(Repository.File("samples/beach_day.json"), _folder.File("beach_day.json"));
        await SplitResults.MakeAsync(_folder.File("relative"), new(), Path.GetRelativePath(Environment.CurrentDirectory, video));
        Resplit(_folder.File("relative"), "there");

        Assert.All(Rows("there"), row => Assert.Equal(video, row.Source));
        Assert.Contains(Rows("there"), row => row.Title.Length > 0);
        Assert.Empty(RunReport.Load(_folder.File("there")).Warnings);

        File.Delete(video);
        Resplit(_folder.File("there"), "gone");
        Assert.StartsWith($"{video}: found no such file", Assert.Single(RunReport.Load(_folder.File("gone")).Warnings));
    }

    private void Resplit(string from, string output, params string[] set)
    {
        var recorded = RecordedSplit.Load(from);
        using var folder = OutputFolder.Claim(_folder.File(output));
        var report = Stream.Tuning.Resplit.Write(recorded, recorded.With([.. set.Select(Override.Set)]), from, folder);
        Assert.Empty(report.Mismatches());
    }

    private List<ClipRow> Rows(string output)
    {
        var reader = ShardReader.Open(_folder.File(output));
        return [.. reader.Clips()];
    }
}
