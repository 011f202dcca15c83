using Panda.Stream.Measures;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Measures;

public sealed class CaptionFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Candidates_find_their_references()
    {
        var candidates = _folder.Write("c.jsonl", "{\"id\": \"b\", \"caption\": \"two\"}\n\n{\"clip_id\": 7, \"caption\": \"seven\", \"other\": [1]}\n");
        var references = _folder.Write("r.jsonl", "{\"id\": 7, \"captions\": [\"x\", \"y\"]}\n{\"id\": \"b\", \"caption\": \"z\"}\n{\"id\": \"b\", \"caption\": \"w\"}\n{\"id\": \"more\", \"caption\": \"w\"}\n");

        var unfit = new List<UnfitLine>();
        var pairs = CaptionFile.Pair(candidates, references, unfit);
        Assert.Empty(unfit);

        Assert.Equal(["b: two | z, w", "7: seven | x, y"], pairs.Select(pair => $"{pair.Id}: {pair.Candidate} | {string.Join(", ", pair.References)}"));
    }

    [Theory]
    [InlineData("{\"id\": \"a\"}", "c.jsonl(1): found {\"id\": \"a\"}, expected {\"id\"")]
    [InlineData("no json", "c.jsonl(1): found no json")]
    [InlineData("[1]", "c.jsonl(1): found [1]")]
    [InlineData("{\"id\": \"a\", \"caption\": null}", "c.jsonl(1): found")]
    [InlineData("{\"id\": \"a\", \"captions\": [\"x\", \"y\"]}", "c.jsonl(1): found 2 candidates for 'a', expected one")]
    [InlineData("{\"id\": \"q\", \"caption\": \"x\"}", "c.jsonl(1): found no reference for 'q' in ")]
    public void A_bad_line_costs_itself_and_what_is_left_is_measured(string bad, string expected)
    {
        var references = _folder.Write("r.jsonl", "nonsense\n{\"id\": \"a\", \"caption\": \"x\"}\n{\"id\": \"b\", \"caption\": \"z\"}");
        var unfit = new List<UnfitLine>();
        var pairs = CaptionFile.Pair(_folder.Write("c.jsonl", $"{bad}\n{{\"id\": \"b\", \"caption\": \"y\"}}\n{{\"id\": \"b\", \"caption\": \"w\"}}\n"), references, unfit);

        Assert.Equal(("b", "y"), (Assert.Single(pairs).Id, pairs[0].Candidate));
        Assert.Equal([1, 1, 3], unfit.Select(line => line.Line).Order());
        Assert.Contains(unfit, line => line.Message.Contains(expected, StringComparison.Ordinal));
        Assert.Contains(unfit, line => line.Message.Contains("r.jsonl(1): found nonsense, expected", StringComparison.Ordinal));
        Assert.Contains(unfit, line => line.Message.Contains("c.jsonl(3): found a second candidate for 'b', expected one", StringComparison.Ordinal));

        Assert.Contains("c.jsonl: found no caption that can be measured",
            Assert.Throws<CaptionFileException>(() => CaptionFile.Pair(_folder.Write("c.jsonl", bad), references, unfit)).Message);
    }

    [Fact]
    public void What_is_no_file_is_told()
    {
        var references = _folder.Write("r.jsonl", "{\"id\": \"a\", \"caption\": \"a red ball\"}");
        string Refused(string path) => Assert.Throws<CaptionFileException>(() => CaptionFile.Pair(path, references, [])).Message;
        Assert.StartsWith($"{_folder.Path}: found a folder, expected a file with a line", Refused(_folder.Path));
        Assert.StartsWith($"{_folder.File("none")}: found nothing, expected", Refused(_folder.File("none")));
    }

    [Fact]
    public async Task A_user_is_told_of_the_line_and_gets_the_rest()
    {
        var references = _folder.Write("r.jsonl", "{\"id\": \"a\", \"caption\": \"a red ball\"}");
        var (code, output, error) = await PandaProcess.RunAsync("measure", _folder.Write("c.jsonl", "{\"id\": \"a\", \"caption\": \"a red ball\"}\n{\n"), references);
        Assert.Equal(0, code);
        Assert.Contains("| 1 caption | ", output);
        Assert.Contains("c.jsonl(2): found {, expected", error);
        Assert.Contains("panda: 1 line left out", error);
    }
}
