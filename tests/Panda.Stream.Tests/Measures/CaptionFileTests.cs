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

        var pairs = CaptionFile.Pair(candidates, references);

        Assert.Equal(["b: two | z, w", "7: seven | x, y"], pairs.Select(pair => $"{pair.Id}: {pair.Candidate} | {string.Join(", ", pair.References)}"));
    }

    [Theory]
    [InlineData("{\"id\": \"a\"}", "c.jsonl(1): found {\"id\": \"a\"}, expected {\"id\"")]
    [InlineData("no json", "c.jsonl(1): found no json")]
    [InlineData("[1]", "c.jsonl(1): found [1]")]
    [InlineData("{\"id\": \"a\", \"caption\": null}", "c.jsonl(1): found")]
    [InlineData("{\"id\": \"a\", \"caption\": \"x\"}\n{\"id\": \"a\", \"caption\": \"y\"}", "found 2 candidates for 'a', expected one")]
    [InlineData("{\"id\": \"q\", \"caption\": \"x\"}", "found no reference for 'q'")]
    [InlineData("", "found no caption")]
    public void What_cannot_be_measured_is_refused(string candidates, string expected)
    {
        var file = _folder.Write("c.jsonl", candidates);
        var references = _folder.Write("r.jsonl", "{\"id\": \"a\", \"caption\": \"x\"}");
        Assert.Contains(expected, Assert.Throws<CaptionFileException>(() => CaptionFile.Pair(file, references)).Message);
    }
}
