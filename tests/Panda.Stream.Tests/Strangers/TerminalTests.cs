using System.Text.Json;
using System.Xml.Linq;
using Panda.Stream.Config;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;
using Panda.Stream.Tests.Tuning;
using Panda.Stream.Tuning;

namespace Panda.Stream.Tests.Strangers;

/// <summary>Names and messages that would steer the terminal, as every command shows them.</summary>
public sealed class TerminalTests(RecordedSamples samples) : IDisposable
{
    private const string Hostile = "a\e[2J\e]0;mine\a\u009b31m\u202egpj\r.mp4";

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_command_passes_on_what_steers_a_terminal()
    {
        Directory.CreateDirectory(_folder.File("videos"));
        File.Copy(Repository.File("models/heldout/clip_005.mp4"), _folder.File("videos", Hostile));
        _folder.Write("videos/broken\e[31m.mp4", "no video");
        _folder.Write("videos/" + Path.ChangeExtension(Hostile, ".json"), """{"title": "\u001b[2J\u009b", "subtitles": 7}""");
        _folder.Write("my\e[31m.yaml", "split: {stitch: \"\\e[2J\", \"un\\e[2Jknown\": 1}\n");
        ModelsFolder.Make(_folder.File("models"), ["e"], ["t"], ["m"]);
        File.AppendAllText(_folder.File("models", "t", "card.yaml"), "\"\\e[2J\": 1\n");

        foreach (var arguments in (string[][])
        [
            ["run", "--input", _folder.File("videos"), "--output", _folder.File("out\e[31m")],
            ["show", _folder.File("out\e[31m")],
            ["split", _folder.File("videos")],
            ["split", _folder.File("videos"), "--json"],
            ["coherence", _folder.File("videos")],
            ["validate", _folder.File("my\e[31m.yaml")],
            ["validate", "--set", "split.stitch=\e[2J"],
            ["run", "--set", $"models={_folder.File("models")}", "--set", "split.embedder=e", "--set", "caption.teachers=[t]", "--set", "select.matcher=m", "--output", _folder.File("o")],
            ["resplit", _folder.File("out\e[31m"), "--output", _folder.File("o2"), "--set", "split.stitch=0.5"],
            ["sweep", _folder.File("out\e[31m"), "split.stitch=0.5", "--truth", _folder.File("a\e[2J.json")],
            ["show", _folder.File("absent\e[2J")],
            ["\e[2J"],
        ])
        {
            var (_, output, error) = await PandaProcess.RunAsync(arguments);
            Assert.True((output + error).Length > 0, string.Join(' ', arguments));
            Assert.DoesNotContain(output + error, letter => (char.IsControl(letter) && letter != '\n') || letter == '\u202e');
        }
    }

    [Fact]
    public void Json_shows_as_harmless_and_says_the_same()
    {
        var shown = TerminalText.HarmlessJson(JsonSerializer.Serialize(Hostile, Relaxed));
        Assert.Equal(shown, TerminalText.Harmless(shown));
        Assert.Equal(Hostile, JsonSerializer.Deserialize<string>(shown));
        Assert.Equal("\"é\\ud83d\\udd2e🔮\"".Length, TerminalText.HarmlessJson("\"é\\ud83d\\udd2e🔮\"").Length);
    }

    [Fact]
    public void A_message_is_one_line_whatever_the_file_holds()
    {
        var shown = new Diagnostic(new("my\nfile", 1, 2), DiagnosticCode.Syntax, "found 'a\nb\e[2J'").ToString();
        Assert.Equal("my file(1,2): error PS" + (int)DiagnosticCode.Syntax + ": found 'a b␛[2J'", shown);
        Assert.Equal("a b\nc", TerminalText.HarmlessLines("a\tb\nc"));
    }

    [Fact]
    public void Svg_escapes_what_it_is_told()
    {
        var sweep = Sweep.Run(RecordedSplit.Load(samples.Folder), [SweepAxis.Parse("split.stitch=0.5,0.6")]);
        const string Title = "<script>alert('1')</script> & \"x\" ]]> &amp;";
        var svg = XDocument.Parse(SweepChart.ToSvg(sweep, Title));
        Assert.Contains(svg.Descendants(), element => element.Name.LocalName == "text" && element.Value == Title);
        Assert.DoesNotContain(svg.Descendants(), element => element.Name.LocalName == "script");
    }

    // A spreadsheet takes a cell that begins with = + - @ for a formula: no text of a stranger gets into these files, only names of keys and numbers.
    [Fact]
    public void Csv_holds_keys_and_numbers_only()
    {
        var csv = new StringWriter();
        SweepTable.WriteCsv(csv, Sweep.Run(RecordedSplit.Load(samples.Folder), [SweepAxis.Parse("split.stitch=0.5,0.6"), SweepAxis.Parse("split.longest_s=30")]));
        var lines = csv.ToString().TrimEnd().Split('\n');
        Assert.All(lines[0].Split(','), name => Assert.Matches(@"^[a-z][a-z0-9_.]*\r?$", name));
        Assert.All(lines.Skip(1).SelectMany(line => line.TrimEnd().Split(',')), cell => Assert.Matches(@"^(-?\d+(\.\d+)?)?$", cell));
    }

    [Fact]
    public void A_stopped_sweep_has_no_result()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Sweep.Run(RecordedSplit.Load(samples.Folder), [SweepAxis.Parse("split.stitch=0.5,0.6")], stop: stop.Token));
    }
}
