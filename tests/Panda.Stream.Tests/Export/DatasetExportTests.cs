using System.Diagnostics;
using System.Formats.Tar;
using System.Text.Json;
using System.Text.Json.Nodes;
using Panda.Stream.Export;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Shards;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Export;

public sealed class DatasetExportTests : IDisposable
{
    private static readonly string[] Captions =
        ["plain", "it's \"both\"", "it's", "say \"yes\"", "back\\slash", "line\nbreak\r\ttab", "東京 🎬 é", "\u0000\u0007\u200b\u2028\ue000\ud83c\udfac\u00a0\u00ad", "a,b", ""];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Python_reads_the_datasets_own_table_back()
    {
        var rows = Captions.Select((caption, i) => ExportParts.Clip("v", i, caption, i / 9f)).Append(ExportParts.Clip("other, \"one\"", 0, score: 1e-6f)).ToArray();
        Export(rows, ExportFormat.Panda70MCsv);
        var csv = _folder.File("out", "clips.csv");
        Assert.Equal("videoID,url,timestamp,caption,matching_score,desirable_filtering,shot_boundary_detection", File.ReadLines(csv).First());

        var read = Python($$"""
            import csv, ast, json, sys
            csv.field_size_limit(10**9)
            rows = [{k: (v if k in ('videoID', 'url') else ast.literal_eval(v)) for k, v in row.items()} for row in csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8'))]
            # repr says what Python itself would have written.
            rows.append([[repr(ast.literal_eval(v)) == v for k, v in row.items() if k == 'caption' or k == 'timestamp'] for row in csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8'))])
            print(json.dumps(rows))
            """, csv).AsArray();

        Assert.Equal("v", (string?)read[1]!["videoID"]);
        Assert.Equal("file:///videos/v.mp4", (string?)read[1]!["url"]);
        Assert.Equal(Captions, read[1]!["caption"]!.AsArray().Select(caption => (string)caption!));
        Assert.Equal(Captions.Select((_, i) => i / 9f), read[1]!["matching_score"]!.AsArray().Select(score => (float)score!));
        Assert.Equal("[\"0:00:10.000\",\"0:00:13.500\"]", read[1]!["timestamp"]![1]!.ToJsonString());
        Assert.Equal("[null]", read[0]!["desirable_filtering"]!.ToJsonString());
        Assert.Equal("other, \"one\"", (string?)read[0]!["videoID"]);
        Assert.DoesNotContain("false", read[2]!.ToJsonString());
    }

    [Fact]
    public void Json_lines_hold_the_rows()
    {
        Export([ExportParts.Clip("v", 1, "it's 東京"), ExportParts.Clip("v", 2)], ExportFormat.Jsonl);
        var rows = File.ReadLines(_folder.File("out", "clips.jsonl")).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(["v-00001", "v-00002"], rows.Select(row => (string)row["clip_id"]!));
        Assert.Equal("it's 東京", (string?)rows[0]["caption"]);
        Assert.Equal("[\"0:00:10.000\",\"0:00:13.500\"]", rows[0]["timestamp"]!.ToJsonString());
        Assert.Equal((10, 19, 0.5f), ((int)rows[0]["start_frame"]!, (int)rows[0]["end_frame"]!, (float)rows[0]["matching_score"]!));
        Assert.Null(rows[0]["clip"]);
    }

    [Fact]
    public void WebDataset_has_shards_of_so_many_clips_with_safe_keys()
    {
        Export(Enumerable.Range(0, 5).Select(i => ExportParts.Clip("my.video", i, $"caption {i}")), ExportFormat.WebDataset, options => options with { ClipsPerShard = 2 });
        var tars = Directory.GetFiles(_folder.File("out"), "*.tar").Order().ToArray();
        Assert.Equal(["clips-000000.tar", "clips-000001.tar", "clips-000002.tar"], tars.Select(Path.GetFileName));
        Assert.Equal("webdataset", (string?)JsonNode.Parse(File.ReadAllText(_folder.File("out", ExportReport.FileName)))!["format"]);
        var entries = tars.SelectMany(Entries).ToList();
        Assert.Equal(10, entries.Count);
        Assert.All(entries, entry => Assert.Matches(@"^[A-Za-z0-9_-]+\.(json|txt)$", entry.Name));
        Assert.All(entries.Chunk(2), pair => Assert.Equal(Path.GetFileNameWithoutExtension(pair[0].Name), Path.GetFileNameWithoutExtension(pair[1].Name)));
        Assert.Equal("caption 0", entries.First(entry => entry.Name.EndsWith(".txt", StringComparison.Ordinal)).Text);
        Assert.Equal("my.video", (string?)JsonNode.Parse(entries[0].Text)!["video_id"]);
    }

    [Fact]
    public void Parts_share_no_video_and_all_counts_add_up()
    {
        var rows = Enumerable.Range(0, 60).SelectMany(video => Enumerable.Range(0, 5).Select(i => ExportParts.Clip($"v{video}", i, score: i / 5f))).ToList();
        var report = Export(rows, ExportFormat.Jsonl, options => options with
        {
            Split = VideoSplit.Parse("train=0.6,val=0.2"), Subset = new(0.3, 2),
        });
        var videos = new[] { "train", "val" }.ToDictionary(part => part, part => File.ReadLines(_folder.File("out", part + ".jsonl"))
            .Select(line => (string)JsonNode.Parse(line)!["video_id"]!).ToList());
        Assert.Empty(videos["train"].Intersect(videos["val"]));
        Assert.All(videos.Values.SelectMany(part => part).CountBy(video => video), video => Assert.Equal(2, video.Value));
        Assert.Equal(300, report.Clips);
        Assert.Equal(300, report.OutsideSubset + report.OutsideSplit + report.Parts.Values.Sum(part => part.Clips));
        Assert.True(report.OutsideSplit > 0);
        var written = JsonNode.Parse(File.ReadAllText(_folder.File("out", ExportReport.FileName)))!;
        Assert.Equal(report.Parts["train"].Clips, (int)written["parts"]!["train"]!["clips"]!);
    }

    [Fact]
    public void A_video_whose_rows_lie_in_several_shards_is_one()
    {
        // Two videos taken in turn, in shards of three rows.
        var rows = Enumerable.Range(0, 10).Select(i => ExportParts.Clip(i % 2 == 0 ? "even" : "odd", 9 - i)).ToList();
        Export(rows, ExportFormat.Panda70MCsv, rowsInShard: 3);
        var lines = File.ReadAllLines(_folder.File("out", "clips.csv"));
        Assert.Equal(3, lines.Length);
        var starts = lines[1..].Select(line => line.Split("['")[1..].Select(clip => clip[..7]).ToArray()).ToArray();
        Assert.All(starts, times => Assert.Equal(times.Order(StringComparer.Ordinal), times));
    }

    [Fact]
    public void What_lies_at_the_output_stays_and_a_stopped_export_leaves_nothing()
    {
        ShardWriterTests.Write(_folder, [ExportParts.Clip("v", 1)], 10);
        var options = new ExportOptions { Format = ExportFormat.Jsonl };
        _folder.Write("taken", "mine");
        Directory.CreateDirectory(_folder.File("full", "inner"));
        foreach (var taken in new[] { "taken", "full" })
            Assert.Contains("expected a name that is free", Assert.Throws<IOException>(() => DatasetExport.Write(_folder.Path, _folder.File(taken), options)).Message);
        Assert.Equal("mine", File.ReadAllText(_folder.File("taken")));

        Assert.Throws<OperationCanceledException>(() => DatasetExport.Write(_folder.Path, _folder.File("new"), options, new CancellationToken(canceled: true)));
        Assert.Throws<ShardReadException>(() => DatasetExport.Write(_folder.File("full"), _folder.File("new"), options));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path, ".*.tmp").Concat(Directory.GetFileSystemEntries(_folder.Path, "new*")));

        Directory.CreateDirectory(_folder.File("empty"));
        Assert.Equal(1, DatasetExport.Write(_folder.Path, _folder.File("empty"), options).Parts["clips"].Clips);
    }

    [Fact]
    public void Clips_without_caption_are_left_out_and_counted()
    {
        var report = Export([ExportParts.Clip("v", 1) with { Caption = null }, ExportParts.Clip("v", 2)], ExportFormat.WebDataset);
        Assert.Equal((1, 1), (report.Uncaptioned, report.Parts["clips"].Clips));
    }

    [Fact]
    public void A_clip_whose_video_is_gone_costs_itself()
    {
        var report = Export([ExportParts.Clip("v", 1)], ExportFormat.Jsonl, options => options with { Clips = true });
        var failed = Assert.Single(report.Failed);
        Assert.Contains("found no such file, expected a video", failed.Reason);
        Assert.Equal(0, report.Parts["clips"].Clips);
    }

    private ExportReport Export(IEnumerable<ClipRow> rows, ExportFormat format, Func<ExportOptions, ExportOptions>? with = null, int rowsInShard = 1000)
    {
        using var result = new TemporaryFolder();
        ShardWriterTests.Write(result, rows, rowsInShard);
        var options = new ExportOptions { Format = format };
        return DatasetExport.Write(result.Path, _folder.File("out"), with?.Invoke(options) ?? options);
    }

    private static List<(string Name, string Text)> Entries(string tar)
    {
        using var reader = new TarReader(File.OpenRead(tar));
        var entries = new List<(string, string)>();
        while (reader.GetNextEntry() is { } entry)
            entries.Add((entry.Name, new StreamReader(entry.DataStream!).ReadToEnd()));
        return entries;
    }

    private static JsonNode Python(string program, params string[] arguments)
    {
        Process? process = null;
        try
        {
            process = Process.Start(new ProcessStartInfo("python3", ["-c", program, .. arguments]) { RedirectStandardOutput = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
        }
        Assert.SkipWhen(process is null, "needs python3");
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return JsonNode.Parse(output)!;
    }
}
