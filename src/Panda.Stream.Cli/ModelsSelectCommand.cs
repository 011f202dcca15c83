using System.CommandLine;
using System.Globalization;
using Panda.Stream.Models;
using Panda.Stream.Native;
using Panda.Stream.Selection.Coverage;
using Panda.Stream.Shards;

namespace Panda.Stream.Cli;

/// <summary><c>models select</c>: the teachers of a result that together have a good caption for most clips.</summary>
internal static class ModelsSelectCommand
{
    /// <param name="models">The option that names the folder of models; without it that of the run counts.</param>
    public static Command Create(Option<string> models)
    {
        var folder = new Argument<string>("DIR") { Description = "The output folder of a run with many teachers." };
        var keep = CommonOptions.Number<int>("--keep", "How many teachers to choose.", least: 1);
        keep.DefaultValueFactory = _ => 8;
        var good = new Option<string?>("--good")
        {
            Description = "A line {\"clip_id\": ..., \"teacher\": ..., \"good\": true|false} for each candidate that was judged: these decide in place of the scores.", HelpName = "JUDGED.jsonl",
        };
        var score = CommonOptions.Number<double>("--min-score", "The matching score from which a caption counts as good; without it the threshold of the matcher's card.");
        var command = new Command("select", "Chooses teachers greedily: each step takes the one that covers most clips which none before it covers.") { folder, keep, good, score };
        command.Validators.Add(result =>
        {
            if (result.GetValue(good) is not null && result.GetValue(score) is not null)
                result.AddError("found --good and --min-score, expected one of them: judgements decide, or scores do");
        });
        command.SetAction(parsed => Run(parsed.GetRequiredValue(folder), parsed.GetValue(keep)!.Value, parsed.GetValue(good), parsed.GetValue(score), parsed.GetResult(models) is { Implicit: false } ? parsed.GetValue(models) : null));
        return command;
    }

    private static int Run(string folder, int keep, string? good, double? minScore, string? models)
    {
        try
        {
            var unfit = new List<UnfitLine>();
            var coverage = good is null ? ResultCoverage.ByScore(folder, minScore, models) : ResultCoverage.ByJudgements(folder, good, unfit);
            UnfitLines.Write(unfit);
            if (coverage.Clips == 0)
                return CommonOptions.Refuse($"{folder}: found no clip {(good is null ? "with candidates, expected the result of a run with captions" : $"that is judged in {good}, expected some")}");
            var chosen = TeacherSelection.Choose(coverage.Covered, keep);
            if (chosen.Count == 0)
                return CommonOptions.Refuse($"{folder}: found no caption that covers one of its {Plural.Of(coverage.Clips, "clip")}, expected some, by which teachers can be chosen; a caption covers its clip when {coverage.Rule}");
            Write(Console.Out, coverage, chosen);
            if (chosen.Count < Math.Min(keep, coverage.Covered.Count))
                Console.Error.WriteLine($"panda: {Plural.Of(chosen.Count, "teacher")} chosen, not {keep}: the others cover no clip: {TerminalText.Harmless(string.Join(", ", coverage.Covered.Where(teacher => teacher.Value.Count == 0).Select(teacher => teacher.Key)))}");
            return CommonOptions.Ok;
        }
        catch (Exception refused) when (refused is ModelCardException or NativeLibraryException or IOException or UnauthorizedAccessException)
        {
            return CommonOptions.Refuse(refused.Message);
        }
    }

    private static void Write(TextWriter output, ResultCoverage coverage, IReadOnlyList<ChosenTeacher> chosen)
    {
        output.WriteLine($"{Plural.Of(coverage.Clips, "clip")}, {Plural.Of(coverage.Covered.Count, "teacher")}; a caption covers its clip when {coverage.Rule}");
        if (coverage.Unjudged > 0)
            output.WriteLine($"{Plural.Of(coverage.Unjudged, "candidate")} of these clips not judged, counted as not good");
        output.WriteLine("""

            | | teacher | covers alone | newly | together |
            |---|---|---|---|---|
            """);
        foreach (var (place, teacher) in chosen.Index())
            output.WriteLine($"| {place + 1} | {TerminalText.Harmless(teacher.Name)} | {Part(teacher.Own)} | {teacher.Added} | {Part(teacher.Together)} |");
        var all = coverage.Covered.Values.SelectMany(clips => clips).Distinct().Count();
        if (chosen.Count < coverage.Covered.Count)
            output.WriteLine($"| | all {coverage.Covered.Count} | | | {Part(all)} |");
        output.WriteLine($"""

            caption: {"{"}teachers: [{string.Join(", ", chosen.Select(teacher => TerminalText.Harmless(teacher.Name)))}]{"}"}
            """);

        string Part(int clips) => string.Create(CultureInfo.InvariantCulture, $"{clips} ({100.0 * clips / coverage.Clips:0.0} %)");
    }
}
