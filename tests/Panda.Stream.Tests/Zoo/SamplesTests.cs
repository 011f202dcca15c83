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
    public async Task The_default_run_captions_the_samples_better_than_the_best_teacher()
    {
        using var folder = new TemporaryFolder();
        var bound = PipelineConfig.Load(Repository.File("pipeline.yaml"), [Override.Option("--output", "output", folder.File("out"))]);
        Assert.Empty(bound.Diagnostics);
        var config = bound.Value!;

        using (var models = ModelSet.Load(config, threads: 1))
        using (var claimed = OutputFolder.Claim(config.Output))
        {
            await using var run = new PipelineRun(config, VideoInputs.Find(config.Input), models, claimed, CancellationToken.None);
            Assert.Empty((await run.RunAsync()).Mismatches());
        }
        var rows = ShardReader.Open(config.Output).Clips().ToList();

        Assert.True(rows.Count >= 40, $"{rows.Count} clips");
        Assert.True(rows.Select(row => row.VideoId).Distinct().Count() >= 8);
        var judged = ResultJudge.Of(config.Output).ToLookup(line => line.Teacher, line => (line.ClipId, line.Good));
        double Rate(Func<ClipRow, string?> teacher) => rows.Average(row => judged[teacher(row)!].Contains((row.ClipId, true)) ? 1.0 : 0);
        var chosen = Rate(row => row.CaptionTeacher);
        var teachers = config.Caption.Teachers.ToDictionary(name => name, name => Rate(_ => name));
        output.WriteLine($"{rows.Count} clips: chosen {chosen:0.000}, {string.Join(", ", teachers.Select(teacher => $"{teacher.Key} {teacher.Value:0.000}"))}");
        Assert.True(chosen >= 0.5, $"chosen captions good: {chosen:0.000}");
        Assert.True(chosen > teachers.Values.Max(), $"chosen {chosen:0.000}, the best teacher {teachers.Values.Max():0.000}");
    }
}
