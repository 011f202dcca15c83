using System.CommandLine;
using System.Globalization;
using Panda.Stream.Measures;

namespace Panda.Stream.Cli;

/// <summary><c>measure</c>: captions against references.</summary>
internal static class MeasureCommand
{
    public static Command Create()
    {
        var candidates = new Argument<string>("CANDIDATES.jsonl") { Description = "A line {\"id\": ..., \"caption\": ...} for each caption; an export's JSON lines will do." };
        var references = new Argument<string>("REFERENCES.jsonl") { Description = "The same, with one or more lines for each id, or \"captions\": [...]." };
        var each = new Option<bool>("--each") { Description = "The measures of every caption too, not those of the corpus alone." };
        var command = new Command("measure", "Measures captions against references by BLEU-4, ROUGE-L, METEOR, CIDEr and CIDEr-D.") { candidates, references, each };
        command.SetAction(parsed =>
        {
            var unfit = new List<UnfitLine>();
            try
            {
                var captions = CaptionFile.Pair(parsed.GetRequiredValue(candidates), parsed.GetRequiredValue(references), unfit);
                UnfitLines.Write(unfit);
                Write(Console.Out, captions, parsed.GetValue(each));
                return CommonOptions.Ok;
            }
            catch (Exception refused) when (refused is CaptionFileException or IOException or UnauthorizedAccessException)
            {
                UnfitLines.Write(unfit);
                return CommonOptions.Refuse(refused.Message);
            }
        });
        return command;
    }

    private static void Write(TextWriter output, IReadOnlyList<MeasuredCaption> captions, bool each)
    {
        var (corpus, segments) = CaptionMeasures.Of(captions);
        output.WriteLine("| | BLEU-4 | ROUGE-L | METEOR | CIDEr | CIDEr-D |");
        output.WriteLine("|---|---|---|---|---|---|");
        for (var i = 0; each && i < captions.Count; i++)
            output.WriteLine(Line(captions[i].Id.Replace('|', '¦'), segments[i]));
        output.WriteLine(Line(each ? "**all**" : Plural.Of(captions.Count, "caption"), corpus));
    }

    private static string Line(string name, CaptionScores scores) => string.Create(CultureInfo.InvariantCulture,
        $"| {Shards.TerminalText.Harmless(name)} | {scores.Bleu4:0.0000} | {scores.RougeL:0.0000} | {scores.Meteor:0.0000} | {scores.Cider:0.0000} | {scores.CiderD:0.0000} |");
}
