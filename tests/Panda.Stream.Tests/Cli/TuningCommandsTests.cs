using System.Text.Json;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;
using Panda.Stream.Tests.Tuning;

namespace Panda.Stream.Tests.Cli;

/// <summary>split --output, resplit, sweep and coherence as a user calls them.</summary>
public sealed class TuningCommandsTests(RecordedSamples samples) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Resplit_writes_a_result_that_show_and_sweep_read()
    {
        var other = _folder.File("other");
        var (code, output, _) = await PandaProcess.RunAsync("resplit", samples.Folder, "--set", "split.stitch=0.5", "--output", other);
        Assert.Equal(0, code);
        Assert.Contains("videos    3 in: 3 done, 0 failed", output);
        Assert.Contains("clips     ", output);

        Assert.Equal(0, (await PandaProcess.RunAsync("show", other)).Code);
        var (plot, csv) = (_folder.File("sweep.svg"), _folder.File("sweep.csv"));
        (code, output, _) = await PandaProcess.RunAsync("sweep", other, "split.stitch=0.3..0.9:0.1", "--plot", plot, "--csv", csv);
        Assert.Equal(0, code);
        Assert.Equal(8, output.TrimEnd().Split('\n').Length);
        Assert.Equal(8, (await File.ReadAllLinesAsync(csv)).Length);
        Assert.StartsWith("<svg ", await File.ReadAllTextAsync(plot));
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused_with_the_reason()
    {
        var link = Directory.CreateSymbolicLink(_folder.File("link"), samples.Folder).FullName;
        foreach (var (arguments, expected) in new (string[], string)[]
        {
            (["resplit", link, "--output", samples.Folder, "--overwrite"], "found the result to start from"),
            (["resplit", samples.Folder, "--set", "split.threshold=20", "--output", _folder.File("a")], "split.threshold: found 20, expected 25"),
            (["resplit", samples.Folder, "--output", samples.Folder], "found the result to start from"),
            (["resplit", _folder.Path, "--output", _folder.File("b")], "found no result of a run in it"),
            (["sweep", samples.Folder, "split.stitch"], "found no key and values"),
            (["resplit", samples.Folder, "--set", "stitch=0.5", "--output", _folder.File("a")], "stitch: not a key of splitting; did you mean 'split.stitch'?"),
            (["sweep", samples.Folder, "split.stitch=0.5", "--truth", _folder.File("c.json")], "c.json: found no video of that name among 3"),
            (["sweep", samples.Folder, "split.stitch=0.5", "--plot", _folder.File("d.png")], "found the ending '.png', expected a name that ends in .svg"),
            (["sweep", samples.Folder, "split.stitch=0.5", "--plot", _folder.File("d.svg"), "--csv", _folder.File("d.svg")], "found the file of --plot"),
            (["sweep", samples.Folder, "split.stitch=0.5", "--csv", _folder.File("none", "d.csv")], "expected one to write the file into"),
            (["show", samples.Folder, "--min-score", "abc"], "--min-score: found 'abc', expected a number"),
            (["show", samples.Folder, "--limit", "0"], "--limit: found '0', expected a whole number, 1 or more"),
            (["split", Repository.File("samples/beach_day.mp4"), "--scores", Repository.File("README.md")], "found a file, expected a folder"),
            (["split", Repository.File("samples/beach_day.mp4"), "--set", "output=x"], "output: not read where videos are only split, expected --output DIR"),
            (["coherence", Repository.File("samples/beach_day.mp4"), "--set", "coherence.model=none"], "expected the model to measure with"),
        })
        {
            var (code, _, error) = await PandaProcess.RunAsync(arguments);
            Assert.Equal((2, true), (code, error.Contains(expected, StringComparison.Ordinal)));
            Assert.DoesNotContain("   at ", error);
        }
        Assert.False(Directory.Exists(_folder.File("a")));
        Assert.False(File.Exists(_folder.File("d.svg")));
    }

    [Fact]
    public async Task Split_writes_what_a_run_would_but_for_captions()
    {
        var (code, output, _) = await PandaProcess.RunAsync(["split", .. RecordedSamples.Videos, "--output", _folder.File("split")]);
        Assert.Equal(0, code);
        Assert.Contains("snow_parade.mp4", output);
        Assert.Equal(SplitResults.Clips(samples.Folder).Count, SplitResults.Clips(_folder.File("split")).Count);
    }

    [Fact]
    public async Task A_result_without_a_row_and_an_export_with_empty_parts_are_told_of()
    {
        var (_, output, _) = await PandaProcess.RunAsync("resplit", samples.Folder, "--set", "split.shortest_s=50", "--output", _folder.File("none"));
        Assert.Contains("clips     0 in: 0 rows, 0 filtered, 0 failed\n  no row: no video gave a clip\n", output);
        var (code, _, error) = await PandaProcess.RunAsync("export", samples.Folder, "--format", "jsonl", "--output", _folder.File("dataset"), "--split", "train=0.5,val=0.5");
        Assert.Equal(1, code);
        Assert.Contains("panda: train is empty: none of the exported videos falls into it", error);
        Assert.Contains("panda: val is empty: ", error);
    }

    [Fact]
    public async Task Split_tells_what_it_passed_over()
    {
        var output = _folder.File("split");
        var (code, json, error) = await PandaProcess.RunAsync("split", TestFiles.Video("sizes.ts"), "--json", "--output", output);
        Assert.Equal(0, code);
        var video = JsonDocument.Parse(json).RootElement;
        var warnings = video.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!).ToArray();
        Assert.Collection(warnings,
            warning => Assert.Contains("1 damaged packet or frame was passed over", warning),
            warning => Assert.Contains("its frames are 64x48 from frame 6 on", warning),
            warning => Assert.Contains("its times go back", warning));
        Assert.Equal(1, video.GetProperty("damaged_frames").GetInt32());
        Assert.All(warnings, warning => Assert.Contains($"panda: {warning}", error));
        Assert.Equal(warnings.Order(StringComparer.Ordinal), RunReport.Load(output).Warnings);
    }

    [Fact]
    public async Task Coherence_names_the_video_that_failed()
    {
        var (code, _, error) = await PandaProcess.RunAsync("coherence", _folder.Write("text.mp4", "a letter"));
        Assert.Equal(1, code);
        Assert.Contains($"panda: {_folder.File("text.mp4")}: failed: found a file that libav cannot decode", error);
    }

    [Fact]
    public async Task Coherence_compares_subtitle_lines_shots_and_clips()
    {
        var (code, output, _) = await PandaProcess.RunAsync("coherence", Repository.File("samples/beach_day.mp4"), Repository.File("samples/silent_film.mp4"));
        Assert.Equal(0, code);
        var rows = output.TrimEnd().Split('\n').Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToArray();
        Assert.Equal(["subtitle lines", "shots", "clips"], rows.Skip(2).Select(row => row[1]));
        Assert.Equal(["1", "2", "2"], rows.Skip(2).Select(row => row[2]));  // the silent film has no subtitles
        Assert.All(rows.Skip(2), row => Assert.InRange(double.Parse(row[5]), 0.001, 1));
    }
}
