using System.Globalization;
using System.Text.Json;
using Panda.Stream.Config;
using Panda.Stream.Models;

namespace Panda.Stream.Perf.Zoo;

/// <summary>The figures of models/README.md.</summary>
internal static class ZooCase
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DictionaryKeyPolicy = null, WriteIndented = true, NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private static readonly JsonSerializerOptions Lines = new(Json) { WriteIndented = false };

    public static int Run(bool asJson)
    {
        var bound = PipelineConfig.Load(PandaHome.Pipeline);
        if (bound.Value is not { } config)
            return ConfigErrors.Print(bound.Diagnostics, PandaHome.Pipeline, Console.Error);
        try
        {
            var figures = ZooMeasurement.Run(config);
            if (asJson)
                Console.WriteLine(JsonSerializer.Serialize(figures, Json));
            else
                Write(Console.Out, figures);
            return 0;
        }
        catch (Exception refused) when (refused is ModelCardException or IOException or JsonException)
        {
            Console.Error.WriteLine(refused.Message);
            return ConfigErrors.ExitCode;
        }
    }

    public static int Judge(string folder)
    {
        try
        {
            foreach (var line in ResultJudge.Of(folder))
                Console.WriteLine(JsonSerializer.Serialize(line, Lines));
            return 0;
        }
        catch (Exception refused) when (refused is IOException or JsonException)
        {
            Console.Error.WriteLine(refused.Message);
            return ConfigErrors.ExitCode;
        }
    }

    /// <summary>Every source of captions, then the summary.</summary>
    internal static void Write(TextWriter output, ZooFigures zoo)
    {
        var matchers = Matchers(zoo);
        output.WriteLine($"{Plural.Of(zoo.Clips, "clip")}{(zoo.Missing.Count > 0 ? $"; not there and left out: {string.Join(", ", zoo.Missing)}" : "")}");
        output.WriteLine($"""

            | | good | chosen by truth | {string.Join(" | ", matchers.Select(matcher => $"by {matcher.Name}"))} | BLEU-4 | ROUGE-L | METEOR | CIDEr |
            |---|---|---|{string.Concat(matchers.Select(_ => "---|"))}---|---|---|---|
            """);
        foreach (var captions in zoo.Teachers.Concat(matchers.Select(matcher => matcher.Choice)).Append(zoo.Student).OfType<MeasuredCaptions>())
            output.WriteLine($"| {captions.Name} | {Percent(captions.Good)} | {string.Join(" | ", matchers.Select(matcher => matcher.Name).Prepend("truth").Select(by => captions.ChosenBy.TryGetValue(by, out var part) ? Percent(part) : ""))} | {Measures(captions)} |");
        output.WriteLine();
        WriteSummary(output, zoo);
    }

    /// <summary>What the models come to together.</summary>
    internal static void WriteSummary(TextWriter output, ZooFigures zoo)
    {
        var matchers = Matchers(zoo);
        output.WriteLine("""
            | | here | in the paper |
            |---|---|---|
            """);
        (string What, string Here, string Paper)[] rows =
        [
            ($"best single teacher ({zoo.BestTeacher.Name})", Percent(zoo.BestTeacher.Good), "30.8 %"),
            ($"the {zoo.Teachers.Count} teachers jointly", $"{Percent(zoo.Jointly)}, {Times(zoo.Jointly, zoo.BestTeacher.Good)} the best single one", "76.8 %"),
            .. zoo.PoolJointly is { } pool ? [($"the pool of {zoo.PoolSize} jointly", Percent(pool), "84.7 %")] : Array.Empty<(string, string, string)>(),
            ("R@1 of a choice by lot", Percent(zoo.RandomChoice), ""),
            .. zoo.Pretrained is { } before ? [($"R@1 of {before.Name}", Percent(before.RecallAt1), "21.8 %")] : Array.Empty<(string, string, string)>(),
            ($"R@1 of {zoo.Finetuned.Name}", $"{Percent(zoo.Finetuned.RecallAt1)}{(zoo.Pretrained is { } first ? $", {Times(zoo.Finetuned.RecallAt1, first.RecallAt1)} that of {first.Name}" : "")}", "35.9 %"),
            .. matchers.Select(matcher => ($"{matcher.Choice.Name}", $"{Percent(matcher.Choice.Good)}, {Times(matcher.Choice.Good, zoo.BestTeacher.Good)} the best single teacher", "")),
            .. zoo.Student is { } student ? [(student.Name, $"{Percent(student.Good)}, {Times(student.Good, zoo.BestTeacher.Good)} the best single teacher", "")] : Array.Empty<(string, string, string)>(),
            .. matchers.Select(matcher => ($"score of {matcher.Name}", string.Create(CultureInfo.InvariantCulture,
                $"area under the curve {matcher.Auc:0.000}, balanced accuracy {matcher.BalancedAccuracy:0.000} at {matcher.Threshold}"), "")),
        ];
        foreach (var (what, here, paper) in rows)
            output.WriteLine($"| {what} | {here} | {paper} |");
    }

    private static MeasuredMatcher[] Matchers(ZooFigures zoo) => [.. new[] { zoo.Pretrained, zoo.Finetuned }.OfType<MeasuredMatcher>()];

    private static string Measures(MeasuredCaptions captions) => captions.Measures is { } measures
        ? string.Create(CultureInfo.InvariantCulture, $"{measures.Bleu4:0.000} | {measures.RougeL:0.000} | {measures.Meteor:0.000} | {measures.Cider:0.000}")
        : " | | | ";

    private static string Percent(double part) => string.Create(CultureInfo.InvariantCulture, $"{100 * part:0.0} %");

    private static string Times(double part, double of) => string.Create(CultureInfo.InvariantCulture, $"{part / of:0.00} times");
}
