using Panda.Stream.Config;
using Panda.Stream.Graph;
using Panda.Stream.Perf.Zoo;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Zoo;

/// <summary>What `./panda run` promises of the samples, held against the truth of the world they were rendered from.</summary>
public sealed class SamplesTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_default_run_captions_the_samples_rightly_and_better_than_any_teacher()
    {
        using var folder = new TemporaryFolder();
        var bound = PipelineConfig.Load(Repository.File("pipeline.yaml"), [Override.Option("--output", "output", folder.File("out"))]);
        Assert.Empty(bound.Diagnostics);
        var config = bound.Value!;

        List<ClipRow> rows;
        using (var models = ModelSet.Load(config, threads: 1))
        using (var claimed = OutputFolder.Claim(config.Output))
        {
            await using var run = new PipelineRun(config, VideoInputs.Find(config.Input), models, claimed, CancellationToken.None);
            Assert.Empty((await run.RunAsync()).Mismatches());
        }
        using (var reader = ShardReader.Open(config.Output))
            rows = [.. reader.Clips()];

        Assert.True(rows.Count >= 40, $"{rows.Count} clips");
        Assert.True(rows.Select(row => row.VideoId).Distinct().Count() >= 8);
        var truth = World.Truth(Repository.File("samples/truth.json"));
        var judged = rows.Select(row => (Row: row, Facts: FactsOf(truth[Path.GetFileName(row.Source)], row))).ToList();
        double Rate(Func<ClipRow, string?> caption) => judged.Average(item => World.IsGood(caption(item.Row) ?? "", item.Facts) ? 1.0 : 0);
        var chosen = Rate(row => row.Caption);
        var teachers = config.Caption.Teachers.ToDictionary(name => name, name => Rate(row => row.Candidates.Single(candidate => candidate.Teacher == name).Caption));
        output.WriteLine($"{rows.Count} clips: chosen {chosen:0.000}, {string.Join(", ", teachers.Select(teacher => $"{teacher.Key} {teacher.Value:0.000}"))}");
        Assert.True(chosen >= 0.6, $"chosen captions good: {chosen:0.000}");
        Assert.True(chosen > teachers.Values.Max(), $"chosen {chosen:0.000}, best teacher {teachers.Values.Max():0.000}");
    }

    /// <summary>The facts of the scene in which the clip's middle lies.</summary>
    private static SceneFacts FactsOf(IReadOnlyList<TrueScene> scenes, ClipRow row)
    {
        var middle = (row.StartSeconds + row.EndSeconds) / 2;
        return scenes.FirstOrDefault(scene => scene.StartS <= middle && middle < scene.EndS)?.Facts ?? new();
    }
}
