using Panda.Stream.Measures;

namespace Panda.Stream.Tests.Measures;

public sealed class WordAlignmentTests
{
    /// <summary>Every way to pair equal words, and of the largest the one with fewest crossings, then chunks: as the definition says it.</summary>
    [Fact]
    public void It_is_the_best_of_all_alignments()
    {
        var random = new Random(7);
        for (var round = 0; round < 400; round++)
        {
            string[] a = Sentence(random), b = Sentence(random);
            var alignment = new WordAlignment(a.Length, b.Length);
            alignment.Add(a, b);
            var best = Alignments(a, b, 0, []).Select(pairs => (Matches: -pairs.Count, Crossings: Crossings(pairs), Chunks: Chunks(pairs))).Min();
            Assert.Equal((-best.Matches, best.Chunks), (alignment.Matches, alignment.Chunks));
        }
    }

    [Fact]
    public void A_later_module_pairs_only_what_is_left()
    {
        var alignment = new WordAlignment(3, 3);
        alignment.Add(["dogs", "dog", "run"], ["dog", "dogs", "runs"]);
        Assert.Equal((2, 2), (alignment.Matches, alignment.Chunks));
        alignment.Add(["dog", "dog", "run"], ["dog", "dog", "run"]);
        Assert.Equal(3, alignment.Matches);
    }

    [Fact]
    public void Long_repetitions_end()
    {
        var (a, b) = (Enumerable.Repeat("a", 40).ToArray(), Enumerable.Repeat("a", 25).Concat(["b"]).Concat(Enumerable.Repeat("a", 5)).ToArray());
        var alignment = new WordAlignment(a.Length, b.Length);
        alignment.Add(a, b);
        Assert.Equal(30, alignment.Matches);
    }

    private static string[] Sentence(Random random) => [.. Enumerable.Range(0, random.Next(1, 7)).Select(_ => ((char)('a' + random.Next(3))).ToString())];

    private static IEnumerable<List<(int A, int B)>> Alignments(string[] a, string[] b, int word, List<(int A, int B)> pairs)
    {
        if (word == a.Length)
            return [pairs];
        var others = Enumerable.Range(0, b.Length).Where(other => b[other] == a[word] && pairs.TrueForAll(pair => pair.B != other));
        return Alignments(a, b, word + 1, pairs).Concat(others.SelectMany(other => Alignments(a, b, word + 1, [.. pairs, (word, other)])));
    }

    private static int Crossings(List<(int A, int B)> pairs) => pairs.Sum(one => pairs.Count(other => one.A < other.A && one.B > other.B));

    private static int Chunks(List<(int A, int B)> pairs) => pairs.Count(pair => !pairs.Contains((pair.A - 1, pair.B - 1)));
}
