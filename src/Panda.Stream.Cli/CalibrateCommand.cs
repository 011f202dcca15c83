using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Panda.Stream.Models;
using Panda.Stream.Native;
using Panda.Stream.Selection;
using Panda.Stream.Selection.Calibration;

namespace Panda.Stream.Cli;

/// <summary><c>calibrate</c>: the threshold of a matcher, from captions that were judged.</summary>
internal static class CalibrateCommand
{
    private const int Steps = 10;

    public static Command Create()
    {
        var name = new Argument<string>("MATCHER") { Description = "A model whose card says kind: matcher." };
        var judged = new Argument<string>("JUDGED.jsonl")
        {
            Description = "A line {\"video\": ..., \"start_s\": ..., \"end_s\": ..., \"caption\": ..., \"good\": true|false} for each caption; videos relative to the file.",
        };
        var folder = CommonOptions.Models();
        var write = new Option<bool>("--write") { Description = "Put the threshold into the model's card.yaml." };
        var command = new Command("calibrate", "Finds the matching score that best tells good captions from wrong ones.") { name, judged, folder, write };
        command.SetAction(parsed => Run(Path.Combine(parsed.GetRequiredValue(folder), parsed.GetRequiredValue(name), "card.yaml"), parsed.GetRequiredValue(judged), parsed.GetValue(write)));
        return command;
    }

    private static int Run(string path, string judged, bool write)
    {
        try
        {
            var card = LoadedCard.Load(path);
            using var matcher = new Matcher(card, new ModelOptions { IntraOpThreads = Environment.ProcessorCount });
            var judgements = JudgedScores.Of(judged, matcher);
            UnfitLines.Write(judgements.Unfit);
            if (RocCurve.Of(judgements.Scored) is not { } roc)
                return CommonOptions.Refuse($"{judged}: found {Plural.Of(judgements.Scored.Count(one => one.Good), "good caption")} and {Plural.Of(judgements.Scored.Count(one => !one.Good), "wrong one")}, expected some of both");
            Write(Console.Out, matcher, card.Card.Score!.Expression, judgements, roc);
            if (!write)
                return CommonOptions.Ok;
            if (roc.Best.BalancedAccuracy <= 0.5)
                return CommonOptions.Refuse($"found no threshold that tells good captions from wrong ones better than chance; {path} stays as it is");
            CardThreshold.Write(path, roc.Best.Threshold);
            Console.Out.WriteLine($"{path}: score.threshold is {Text(roc.Best.Threshold)} now, was {(matcher.Threshold is { } before ? Text(before) : "none")}");
            return CommonOptions.Ok;
        }
        catch (Exception refused) when (refused is ModelCardException or NativeLibraryException or IOException or UnauthorizedAccessException)
        {
            return CommonOptions.Refuse(refused.Message);
        }
    }

    private static void Write(TextWriter output, Matcher matcher, ScoreExpression expression, JudgedScores judgements, RocCurve roc)
    {
        output.WriteLine("| threshold | captions kept | good ones kept | wrong ones kept | good of the kept | balanced accuracy |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (var point in Shown(roc))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {(point == roc.Best ? $"**{point.Threshold}**" : point.Threshold)} | {Part(point.Kept, judgements.Scored.Count)} | {point.TruePositiveRate:0.000} | {point.FalsePositiveRate:0.000} | {point.Precision:0.000} | {point.BalancedAccuracy:0.000} |"));
        var best = roc.Best;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

            {matcher.Identity}, {JsonNamingPolicy.SnakeCaseLower.ConvertName(expression.ToString())}: {Plural.Of(judgements.Scored.Count, "caption")} of {Plural.Of(judgements.Clips, "clip")}, {best.Good} of them good; area under the curve {roc.Auc:0.000}
            best threshold {best.Threshold}: balanced accuracy {best.BalancedAccuracy:0.000}, keeps {Part(best.Kept, judgements.Scored.Count)} captions, of which {best.Precision:0.000} are good
            """));
        if (matcher.Threshold is { } threshold && roc.At(threshold) is var now)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"the card's {threshold}: balanced accuracy {now.BalancedAccuracy:0.000}, keeps {Part(now.Kept, judgements.Scored.Count)} captions, of which {now.Precision:0.000} are good"));
    }

    /// <summary>The best point, and those that keep about all, nine of ten, ... one of ten of the captions.</summary>
    private static IEnumerable<RocPoint> Shown(RocCurve roc)
    {
        var all = roc.Points[0].Kept;
        return Enumerable.Range(1, Steps).Select(step => roc.Points.MinBy(point => Math.Abs(point.Kept - all * step / (double)Steps))!)
            .Append(roc.Best).Distinct().OrderBy(point => point.Threshold);
    }

    private static string Part(int part, int all) => string.Create(CultureInfo.InvariantCulture, $"{part} ({100.0 * part / all:0.0} %)");

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
