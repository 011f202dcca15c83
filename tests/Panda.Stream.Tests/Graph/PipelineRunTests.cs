using Panda.Stream.Config;
using Panda.Stream.Graph;
using Panda.Stream.Selection.Filters;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Graph;

/// <summary>Whole runs over the samples, with the tiny models: what they say is nonsense, but every clip must come with it.</summary>
public sealed class PipelineRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_that_goes_in_comes_out_as_a_row_or_with_its_reason()
    {
        var input = _folder.File("input");
        Directory.CreateDirectory(input);
        foreach (var name in new[] { "beach_day.mp4", "beach_day.json", "silent_film.mp4" })
            File.Copy(Repository.File($"samples/{name}"), Path.Combine(input, name));
        File.Copy(Repository.File("samples/silent_film.mp4"), Path.Combine(input, "twice.mp4"));
        File.WriteAllText(Path.Combine(input, "text.mp4"), "no video");
        File.WriteAllText(Path.Combine(input, "empty.mkv"), "");
        File.WriteAllBytes(Path.Combine(input, "cut_short.mp4"), File.ReadAllBytes(Repository.File("samples/toy_circus.mp4"))[..50_000]);
        File.WriteAllText(Path.Combine(input, "silent_film.json"), "{ \"title\": 3 ");

        var report = await RunAsync(Config(input));

        Assert.Empty(report.Mismatches());
        Assert.Equal(new VideoCounts(6, 2, 4), report.Videos);
        Assert.Equal(2, report.InputsIgnored);
        Assert.Contains(report.Warnings, warning => warning.Contains("silent_film.json", StringComparison.Ordinal));
        var reader = ShardReader.Open(_folder.File("out"));
        Assert.Equal(["cut_short.mp4", "empty.mkv", "text.mp4", "twice.mp4"],
            reader.Failed().Select(failed => Path.GetFileName(failed.Source)).Order());
        var rows = reader.Clips().ToList();
        Assert.Equal(report.Clips.Rows, rows.Count);
        Assert.True(rows.Count > 8, $"{rows.Count} clips");
        Assert.All(rows, row =>
        {
            Assert.Equal("tiny-teacher", Assert.Single(row.Candidates).Teacher);
            Assert.Equal(row.Candidates[0].Caption, row.Caption);
            Assert.Equal(row.Candidates[0].Score, row.MatchingScore);
            Assert.True(row.EndSeconds > row.StartSeconds + 1.9);
        });
        Assert.Equal(report.Segments.Total, reader.Segments().Count());
        Assert.Equal(rows.Select(row => row.ClipId).Order(), reader.Segments().Select(segment => segment.ClipId).OfType<string>().Distinct().Order());
    }

    [Fact]
    public async Task Damage_in_the_middle_marks_the_clips_that_it_touches_and_no_others()
    {
        var sound = File.ReadAllBytes(Repository.File("samples/toy_circus.mp4"));
        var random = new Random(1);
        for (var i = 0; i < 40; i++)
            sound[sound.Length / 2 + random.Next(sound.Length / 20)] ^= 0xFF;
        var report = await RunAsync(Config(_folder.Write("hurt.mp4", sound)));

        Assert.Empty(report.Mismatches());
        Assert.Equal(new VideoCounts(1, 1, 0), report.Videos);
        Assert.Contains(report.Warnings, warning => warning.Contains("damaged packets or frames", StringComparison.Ordinal));
        var reader = ShardReader.Open(_folder.File("out"));
        var marked = reader.Clips().Select(clip => clip.DamagedFrames > 0).ToList();
        Assert.Contains(true, marked);
        Assert.Contains(false, marked);
        Assert.Contains(reader.Segments(), segment => segment.Damaged.Count > 0);
    }

    [Fact]
    public async Task Stopping_leaves_a_valid_result()
    {
        using var stop = new CancellationTokenSource();
        var config = Config(Repository.File("samples")) with { Decode = new() { VideosAtOnce = 2 } };

        var report = await RunAsync(config, "out", stop, run => run.Stages[0].Done > 500);

        Assert.True(report.Interrupted);
        Assert.Empty(report.Mismatches());
        Assert.Equal(12, report.Videos.In);
        var reader = ShardReader.Open(_folder.File("out"));
        Assert.Equal(report.Clips.Rows, reader.Clips().Count());
        Assert.Empty(reader.Failed());
        Assert.Equal(12, report.Videos.Done + report.Videos.Waiting);

        // What was written is what a whole run writes: nothing is cut off where the stop fell.
        await RunAsync(config, "whole");
        Assert.Subset(Rows("whole").ToHashSet(), Rows("out").ToHashSet());
    }

    [Fact]
    public async Task A_folder_that_vanishes_stops_the_run_and_strands_nothing()
    {
        var config = Config(Repository.File("samples")) with { Shards = new() { Rows = 4 } };
        using var models = ModelSet.Load(config, threads: 1);
        using var folder = OutputFolder.Claim(_folder.File("gone"));
        await using var run = new PipelineRun(config, VideoInputs.Find(config.Input), models, folder, CancellationToken.None);
        Directory.Delete(folder.Path, recursive: true);

        var error = await Assert.ThrowsAnyAsync<IOException>(() => run.RunAsync().WaitAsync(TimeSpan.FromMinutes(1)));

        Assert.Contains("gone", error.Message);
    }

    [Fact]
    public async Task A_clip_whose_frames_all_have_one_time_fails_with_that_reason()
    {
        var report = await RunAsync(Config(TestFiles.Video("onetime.mkv")));

        Assert.Empty(report.Mismatches());
        Assert.True(report.Clips is { In: > 0, Rows: 0 } && report.Clips.Failed == report.Clips.In, $"{report.Clips}");
        var reader = ShardReader.Open(_folder.File("out"));
        Assert.All(reader.Failed(), failed => Assert.Matches(@"^found frames \d+ to \d+ all shown at 0 s, expected times that go on: a clip without length cannot be a row$", failed.Reason));
    }

    [Fact]
    public async Task Clips_below_the_least_score_are_filtered_with_that_reason()
    {
        var config = Config(Repository.File("samples/beach_day.mp4")) with { Select = new() { Matcher = "matcher", MinScore = 1 } };

        var report = await RunAsync(config);

        Assert.Empty(report.Mismatches());
        Assert.Equal((0, report.Clips.In), (report.Clips.Rows, report.Clips.Filtered));
        var reader = ShardReader.Open(_folder.File("out"));
        Assert.All(reader.Filtered(), filtered => Assert.Contains("below select.min_score 1", filtered.Reason));
    }

    [Fact]
    public async Task Harmful_captions_are_filtered_and_names_replaced_and_both_are_counted()
    {
        var plain = Config(Repository.File("samples/night_walk.mp4"));
        await RunAsync(plain, "plain");
        var before = ShardReader.Open(_folder.File("plain"));
        // The tiny teacher's captions mean nothing: one word of them is called harmful, another a name.
        var words = before.Clips().Select(clip => CaptionWord.In(clip.Caption!).Select(word => word.Text).Where(word => word.All(char.IsAsciiLetter)).ToHashSet(StringComparer.OrdinalIgnoreCase)).ToList();
        var harmful = words[0].First();
        var name = words.SelectMany(word => word).First(word => !words[0].Contains(word));

        var report = await RunAsync(plain with
        {
            Select = plain.Select with
            {
                Filters = new()
                {
                    HarmfulWords = [_folder.Write("harmful.txt", harmful.ToLowerInvariant())],
                    PersonNames = [_folder.Write("names.txt", char.ToUpperInvariant(name[0]) + name[1..])],
                },
            },
        });

        Assert.Empty(report.Mismatches());
        Assert.Equal(words.Count(word => word.Contains(harmful)), report.FilteredBy["harmful_words"]);
        var reader = ShardReader.Open(_folder.File("out"));
        Assert.All(reader.Filtered(), filtered => Assert.Equal(("harmful_words", true), (filtered.Filter, filtered.Reason.Contains($"'{harmful.ToLowerInvariant()}'", StringComparison.Ordinal))));
        Assert.True(report.NamesReplaced > 0);
        Assert.Equal(report.NamesReplaced, reader.Clips().Sum(clip => clip.NamesReplaced));
        Assert.All(reader.Clips(), clip => Assert.Equal((clip.NamesReplaced > 0, clip.Candidates[0].Caption), (clip.Caption!.Contains("person", StringComparison.Ordinal), clip.Caption)));
    }

    private static PipelineConfig Config(string input) => new()
    {
        Input = input,
        Models = TinyModels.Folder,
        // The tiny embedder knows nothing of scenes: at these distances it neither drops nor joins.
        Split = new() { Embedder = "embedder", Transition = 2, Stitch = 0, Still = 0, Repeat = 0 },
        Coherence = new() { Model = null },
        Caption = new() { Teachers = ["teacher"] },
        Select = new() { Matcher = "matcher" },
    };

    private async Task<RunReport> RunAsync(
        PipelineConfig config, string output = "out", CancellationTokenSource? stop = null, Func<RunSnapshot, bool>? stopWhen = null)
    {
        using var models = ModelSet.Load(config, threads: 1);
        using var folder = OutputFolder.Claim(_folder.File(output));
        await using var run = new PipelineRun(config, VideoInputs.Find(config.Input), models, folder, stop?.Token ?? CancellationToken.None);
        var running = Task.Run(run.RunAsync);
        while (stopWhen is not null && !running.IsCompleted && !stopWhen(run.Snapshot()))
            await Task.Delay(5);
        stop?.Cancel();
        return await running;
    }

    private List<string> Rows(string output)
    {
        var reader = ShardReader.Open(_folder.File(output));
        return [.. reader.Clips().OrderBy(row => row.ClipId, StringComparer.Ordinal)
            .Select(row => $"{row.ClipId} {row.StartPts} {row.EndPts} {row.Caption} {row.MatchingScore:R} {row.InsideDistance:R}")];
    }
}
