using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Panda.Stream.Config;
using Panda.Stream.Perf.Zoo;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Zoo;

/// <summary>What models/README.md claims of the models, measured again through the engine.</summary>
public sealed partial class HeldOutTests(ITestOutputHelper output)
{
    // Some 180 clips, other random frames and another resize than in training: two standard errors of a rate near one half.
    private const double Tolerance = 0.08;

    [Fact]
    public void Models_are_as_good_as_the_recipe_measured_and_show_the_papers_claim()
    {
        var claimed = JsonDocument.Parse(File.ReadAllText(Repository.File("models/heldout/accuracy.json"))).RootElement;
        var zoo = ZooMeasurement.Run(PipelineConfig.Load(Repository.File("pipeline.yaml")).Value!);

        Assert.Empty(zoo.Missing);
        Assert.Equal(claimed.GetProperty("clips").GetInt32(), zoo.Clips);
        foreach (var teacher in zoo.Teachers)
            AssertNear(claimed.GetProperty("teachers").GetProperty(teacher.Name).GetDouble(), teacher.Good, teacher.Name);
        var (before, after, student) = (zoo.Pretrained!, zoo.Finetuned, zoo.Student!);
        AssertNear(claimed.GetProperty("any").GetDouble(), zoo.Jointly, "jointly");
        AssertNear(claimed.GetProperty("pool_any").GetDouble(), zoo.PoolJointly!.Value, "the pool jointly");
        AssertNear(claimed.GetProperty("chosen_pretrained").GetDouble(), before.Choice.Good, before.Choice.Name);
        AssertNear(claimed.GetProperty("chosen").GetDouble(), after.Choice.Good, after.Choice.Name);
        AssertNear(claimed.GetProperty("student").GetDouble(), student.Good, student.Name);

        var best = zoo.BestTeacher.Good;
        AssertAtLeast(1.5, zoo.Jointly / best, "jointly over the best teacher");
        AssertAtLeast(1.3, after.RecallAt1 / before.RecallAt1, "R@1 after finetuning over R@1 before");
        AssertAtLeast(1.25, after.Choice.Good / best, "chosen over the best teacher");
        AssertAtLeast(1.05, student.Good / best, "the student over the best teacher");

        // PANDA_REWRITE=1 writes the tables; other machines round otherwise, so that they need not be the same to the digit.
        AssertTables("README.md", ZooCase.WriteSummary);
        var tables = AssertTables("models/README.md", ZooCase.Write);
        foreach (var captions in zoo.Teachers.Append(before.Choice).Append(after.Choice).Append(student))
        {
            var row = Regex.Match(tables, $@"^\| {Regex.Escape(captions.Name)} \| ([\d.]+) % \|", RegexOptions.Multiline);
            Assert.True(row.Success, $"models/README.md has no row of {captions.Name}");
            AssertNear(double.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture) / 100, captions.Good, $"models/README.md, {captions.Name}");
        }

        string AssertTables(string path, Action<TextWriter, ZooFigures> write)
        {
            var text = File.ReadAllText(Repository.File(path));
            Assert.Matches(Tables(), text);
            if (Repository.Rewrites)
            {
                using var written = new StringWriter { NewLine = "\n" };
                write(written, zoo);
                File.WriteAllText(Repository.File(path), text = Tables().Replace(text, _ => $"{written}", 1));
            }
            return Tables().Match(text).Value;
        }

        void AssertNear(double expected, double found, string what)
        {
            output.WriteLine($"{what}: claimed {expected:0.000}, found {found:0.000}");
            Assert.True(Math.Abs(expected - found) <= Tolerance, $"{what}: claimed {expected:0.000}, found {found:0.000}");
        }

        void AssertAtLeast(double goal, double found, string what)
        {
            output.WriteLine($"{what}: {found:0.00}, wanted {goal}");
            Assert.True(found >= goal, $"{what}: {found:0.00}, wanted {goal}");
        }
    }

    [GeneratedRegex("(?<=<!-- perf zoo -->\n).*?(?=<!-- end -->)", RegexOptions.Singleline)]
    private static partial Regex Tables();
}
