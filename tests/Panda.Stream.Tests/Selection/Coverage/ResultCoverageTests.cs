using Panda.Stream.Selection.Coverage;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Selection.Coverage;

/// <summary>models select on a real result.</summary>
public sealed class ResultCoverageTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task Candidates_cover_by_score_or_by_judgement()
    {
        var (report, _, _) = await _runs.RunAsync("out", _runs.Config with { Caption = new() { Teachers = ["teacher", "second", "third"] } });
        var folder = _runs.PathOf("out");
        var rows = ShardReader.Open(folder).Clips().ToList();

        var strangers = Assert.Throws<FileNotFoundException>(() => Perf.Zoo.ResultJudge.Of(folder).ToList());
        Assert.Contains("truth.json: found no such file, expected the truth of the rendered videos beside ", strangers.Message);

        var median = rows.SelectMany(row => row.Candidates).Select(candidate => (double)candidate.Score!).Order().ElementAt(3 * rows.Count / 2);
        var byScore = ResultCoverage.ByScore(folder, median);
        Assert.Equal(report.Clips.In, byScore.Clips);
        Assert.Equal(["second", "teacher", "third"], byScore.Covered.Keys);
        Assert.All(byScore.Covered, teacher => Assert.Equal(
            rows.Where(row => row.Candidates.Single(candidate => candidate.Teacher == teacher.Key).Score >= median).Select(row => row.ClipId).Order(), teacher.Value.Order()));
        Assert.InRange(byScore.Covered.Values.Sum(clips => clips.Count), 1, 3 * rows.Count - 1);
        Assert.Contains("the threshold of matcher", ResultCoverage.ByScore(folder, null).Rule);

        var judged = _runs.PathOf("judged.jsonl");
        File.WriteAllLines(judged,
        [
            $$"""{"clip_id": "{{rows[0].ClipId}}", "teacher": "third", "good": true}""",
            $$"""{"clip_id": "{{rows[1].ClipId}}", "teacher": "second", "good": true}""",
            """{"clip_id": "nowhere-00000", "teacher": "second", "good": true}""",
            """{"clip_id": 3}""",
            $$"""{"clip_id": "{{rows[0].ClipId}}", "teacher": "third", "good": true}""",
            $$"""{"clip_id": "{{rows[2].ClipId}}", "teacher": "second", "good": true}""",
            $$"""{"clip_id": "{{rows[2].ClipId}}", "teacher": "second", "good": false}""",
        ]);
        var unfit = new List<UnfitLine>();
        var byJudgement = ResultCoverage.ByJudgements(folder, judged, unfit);
        Assert.Equal((2, 4), (byJudgement.Clips, byJudgement.Unjudged));
        Assert.Equal([rows[0].ClipId], byJudgement.Covered["third"]);
        Assert.Equal([rows[1].ClipId], byJudgement.Covered["second"]);
        Assert.Empty(byJudgement.Covered["teacher"]);
        Assert.Equal([3, 4, 6, 7], unfit.Select(line => line.Line).Order());
        Assert.Contains($"judged.jsonl(3): found no candidate of 'second' for clip 'nowhere-00000' in {folder}, expected one", unfit.Single(line => line.Line == 3).Message);

        Assert.Contains($"judged.jsonl(7): found good: false of 'second' for clip '{rows[2].ClipId}', expected the same in lines 6, 7", unfit.Single(line => line.Line == 7).Message);

        var (code, output, error) = await PandaProcess.RunAsync("models", "select", folder, "--keep", "2", "--good", judged);
        Assert.Equal(0, code);
        Assert.Contains("2 clips, 3 teachers", output);
        Assert.Contains("| 1 | second | 1 (50.0 %) | 1 | 1 (50.0 %) |\n| 2 | third | 1 (50.0 %) | 1 | 2 (100.0 %) |\n| | all 3 | | | 2 (100.0 %) |\n\ncaption: {teachers: [second, third]}\n", output);
        Assert.Contains("panda: 4 lines left out", error);
        (code, output, error) = await PandaProcess.RunAsync("models", "select", folder, "--good", judged);
        Assert.Equal(0, code);
        Assert.Contains("caption: {teachers: [second, third]}", output);
        Assert.Contains("panda: 2 teachers chosen, not 8: the others cover no clip: teacher", error);
        (code, output, error) = await PandaProcess.RunAsync("models", "select", folder, "--min-score", "1.5");
        Assert.Equal((2, ""), (code, output));
        Assert.Contains($"found no caption that covers one of its {report.Clips.In} clips, expected some, by which teachers can be chosen; a caption covers its clip when its matching score is at least 1.5", error);
        Assert.Equal(2, (await PandaProcess.RunAsync("models", "select", folder, "--keep", "0")).Code);
        Assert.Contains("expected one of them", (await PandaProcess.RunAsync("models", "select", folder, "--good", judged, "--min-score", "0.5")).Error);
    }
}
