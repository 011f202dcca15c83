using System.Text.Json;
using Panda.Stream.Models;
using Panda.Stream.Perf.Zoo;
using Panda.Stream.Selection;
using Panda.Stream.Selection.Calibration;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Selection.Calibration;

/// <summary>calibrate, with a matcher of the repository and what is true of held-out clips.</summary>
public sealed class JudgedScoresTests : IDisposable
{
    private const string Model = "mini-umt";
    private const int Clips = 40, CaptionsEach = 3;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Good: what is true of a clip. Wrong: what is true of the next.</summary>
    private string Judged()
    {
        var truth = World.Truth(Repository.File("models/heldout/truth.json")).Take(Clips).Select(video => (Path: Repository.File($"models/heldout/{video.Key}"), video.Value[0].References)).ToList();
        var lines = truth.SelectMany((video, i) => new[] { (i, true), ((i + 1) % Clips, false) }.SelectMany(of => truth[of.Item1].References!.Take(CaptionsEach).Select(caption => JsonSerializer.Serialize(
            new { video = Path.GetRelativePath(_folder.Path, video.Path), start_s = 0, end_s = 2.0, caption, good = of.Item2, note = "passed over" }))));
        return _folder.Write("judged.jsonl", System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
    }

    [Fact]
    public async Task The_threshold_tells_own_captions_from_those_of_other_clips_and_goes_into_the_card()
    {
        var judged = Judged();
        Calibrated(judged, out var threshold);

        ModelsFolder.CopyOf(Model, _folder.File("models"));
        var card = _folder.File($"models/{Model}/card.yaml");
        var before = File.ReadAllText(card);
        var (code, output, error) = await PandaProcess.RunAsync("calibrate", Model, judged, "--models", _folder.File("models"));
        Assert.Equal((0, ""), (code, error.Trim()));
        Assert.Contains($"best threshold {threshold.ToString(System.Globalization.CultureInfo.InvariantCulture)}: balanced accuracy", output);
        Assert.Equal(before, File.ReadAllText(card));

        (code, output, _) = await PandaProcess.RunAsync("calibrate", Model, judged, "--models", _folder.File("models"), "--write");
        Assert.Equal(0, code);
        Assert.Contains("score.threshold is ", output);
        Assert.Equal(threshold, LoadedCard.Load(card).Card.Score!.Threshold);
        // A card that was never calibrated gets it, too.
        File.WriteAllText(card, System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(card), @",? *threshold: *[0-9.]+", ""));
        Assert.Null(LoadedCard.Load(card).Card.Score!.Threshold);
        (code, output, _) = await PandaProcess.RunAsync("calibrate", Model, judged, "--models", _folder.File("models"), "--write");
        Assert.Equal(0, code);
        Assert.DoesNotContain("the card's", output);
        Assert.Contains(", was none", output);
        Assert.Equal(threshold, LoadedCard.Load(card).Card.Score!.Threshold);
        Assert.Single(File.ReadLines(card).Zip(before.TrimEnd('\n').Split('\n')), lines => lines.First != lines.Second);
    }

    private static void Calibrated(string judged, out double threshold)
    {
        using var matcher = new Matcher(LoadedCard.Load(Repository.File($"models/{Model}/card.yaml")), ModelOptions.Default);
        var judgements = JudgedScores.Of(judged, matcher);
        Assert.Empty(judgements.Unfit);
        Assert.Equal((2 * CaptionsEach * Clips, Clips), (judgements.Scored.Count, judgements.Clips));
        var roc = RocCurve.Of(judgements.Scored)!;
        // It was finetuned on small mistakes and tells other clips' captions badly; by chance both would be a half.
        Assert.True(roc.Auc > 0.55, $"area under the curve {roc.Auc:0.000}");
        Assert.True(roc.Best.BalancedAccuracy > 0.55, $"balanced accuracy {roc.Best.BalancedAccuracy:0.000}");
        threshold = roc.Best.Threshold;
    }

    [Fact]
    public void Bad_lines_cost_themselves()
    {
        const string Form = "expected {\"video\": \"...\", \"start_s\": 0.0, \"end_s\": 2.5, \"caption\": \"...\", \"good\": true}";
        File.Copy(TestFiles.Video("moving.mp4"), _folder.File("a.mp4"));
        File.WriteAllText(_folder.File("text.mp4"), "no video");
        var path = _folder.File("judged.jsonl");
        string[] lines =
        [
            """{"video": "a.mp4", "start_s": 0, "end_s": 1, "caption": "one", "good": true}""",
            "",
            "nonsense",
            """{"video": "a.mp4", "start_s": 0, "end_s": 1, "good": true}""",
            """{"video": "a.mp4", "start_s": 1, "end_s": 1, "caption": "one", "good": true}""",
            """{"video": "a.mp4", "start_s": -1, "end_s": 1, "caption": "one", "good": true}""",
            """{"video": "a.mp4", "start_s": 0, "end_s": 1, "caption": " ", "good": true}""",
            """{"video": "a.mp4", "start_s": 1000, "end_s": 1001, "caption": "late", "good": true}""",
            """{"video": "gone.mp4", "start_s": 0, "end_s": 1, "caption": "one", "good": true}""",
            """{"video": "text.mp4", "start_s": 0, "end_s": 1, "caption": "one", "good": true}""",
            """{"video": "a.mp4", "start_s": 0, "end_s": 1, "caption": "two", "good": "yes"}""",
            """{"video": "a.mp4", "start_s": 0, "end_s": 1, "caption": "two", "good": false}""",
            """{"video": "a.mp4", "start_s": 1, "end_s": 99, "caption": "long", "good": false}""",
        ];
        File.WriteAllLines(path, lines);
        using var matcher = new Matcher(TinyModels.Card("matcher"), ModelOptions.Default);
        var judgements = JudgedScores.Of(path, matcher);

        Assert.Equal([true, false], judgements.Scored.Select(one => one.Good));
        Assert.Equal(1, judgements.Clips);
        Assert.Equal([3, 4, 5, 6, 7, 8, 9, 10, 11, 13], judgements.Unfit.Select(line => line.Line));
        string Of(int line) => judgements.Unfit.Single(unfit => unfit.Line == line).Message.Replace(_folder.Path + "/", "", StringComparison.Ordinal);
        Assert.Equal($"judged.jsonl(3): found nonsense, {Form}", Of(3));
        Assert.EndsWith(Form, Of(4), StringComparison.Ordinal);
        Assert.Equal("judged.jsonl(6): found a clip from -1 to 1 s, expected a start from 0 on and a later end", Of(6));
        Assert.Equal("judged.jsonl(7): found an empty caption, expected words", Of(7));
        Assert.Equal("judged.jsonl(8): found no frame in the clip, expected some: does the video end before?", Of(8));
        Assert.Equal("judged.jsonl(13): found a clip from 1 to 99 s, expected its end at most at 16 s, where a.mp4 ends", Of(13));
        Assert.Equal("judged.jsonl(9): gone.mp4: found no such file, expected a video", Of(9));
        Assert.StartsWith("judged.jsonl(10): text.mp4: ", Of(10), StringComparison.Ordinal);
    }
}
