using System.Text.Json;
using Panda.Stream.Config;
using Panda.Stream.Perf.Zoo;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Zoo;

/// <summary>What models/README.md claims of the models, measured again through the engine.</summary>
public sealed class HeldOutTests(ITestOutputHelper output)
{
    // Some 150 clips, other random frames and another resize than in training: two standard errors of a rate near one half.
    private const double Tolerance = 0.08;

    [Fact]
    public void Teachers_and_choice_are_as_good_as_the_recipe_measured()
    {
        var claimed = JsonDocument.Parse(File.ReadAllText(Repository.File("models/heldout/accuracy.json"))).RootElement;
        var zoo = ZooMeasurement.Run(PipelineConfig.Load(Repository.File("pipeline.yaml")).Value!);

        Assert.Equal(claimed.GetProperty("clips").GetInt32(), zoo.Clips);
        foreach (var teacher in zoo.Teachers)
            AssertNear(claimed.GetProperty("teachers").GetProperty(teacher.Name).GetDouble(), teacher.Good, teacher.Name);
        AssertNear(claimed.GetProperty("chosen").GetDouble(), zoo.Finetuned.Choice.Good, "chosen");
        AssertNear(claimed.GetProperty("any").GetDouble(), zoo.Jointly, "jointly");
        var best = zoo.BestTeacher.Good;
        Assert.True(zoo.Finetuned.Choice.Good > best, $"chosen {zoo.Finetuned.Choice.Good:0.000}, best teacher {best:0.000}");

        void AssertNear(double expected, double found, string what)
        {
            output.WriteLine($"{what}: claimed {expected:0.000}, found {found:0.000}");
            Assert.True(Math.Abs(expected - found) <= Tolerance, $"{what}: claimed {expected:0.000}, found {found:0.000}");
        }
    }
}
