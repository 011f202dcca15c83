using Panda.Stream.Models.Generation;
using Panda.Stream.Models.Tokenizers;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Models.Generation;

public class StopRuleTests
{
    private static readonly Tokenizer Tokenizer = Tokenizer.Load(TinyModels.PathOf("teacher", "tokenizer.json"));

    [Fact]
    public void A_text_ends_at_an_end_token_a_sequence_or_a_text()
    {
        var stop = new StopRule(new() { MaxNew = 9, MinNew = 1, Eos = [2, 7], StopIds = [[30], [40, 41]], StopTexts = ["###"] }, Tokenizer);
        Assert.Null(stop.End([9, 10]));
        Assert.Equal(1, stop.End([9, 7]));
        Assert.Equal(1, stop.End([9, 30]));
        Assert.Null(stop.End([30])); // not before min_new
        Assert.Equal(2, stop.End([9, 10, 40, 41]));
        Assert.Null(stop.End([9, 41]));
        int[] hashes = [.. Tokenizer.Encode("a ball###", specials: false)];
        Assert.Equal(hashes.Length, stop.End(hashes));
        Assert.Null(stop.End(hashes[..^1]));
    }

    [Fact]
    public void The_text_is_cut_at_a_stop_and_loses_leading_ids()
    {
        var stop = new StopRule(new() { MaxNew = 9, Eos = [2], StopTexts = ["Human:", "###"], DropLeading = [70, 71] }, Tokenizer);
        Assert.Equal("a ball ", stop.Text([70, 71, 70, .. Tokenizer.Encode("a ball ###Human: x", specials: false)]));
        Assert.Equal(Tokenizer.Decode([90, 70]), stop.Text([90, 70]));
    }

    [Fact]
    public void Draws_follow_their_weights_and_depend_on_the_name_alone()
    {
        double[] weights = [1, 0, 5, 2, 0];
        var draws = new RowDraws("clip");
        var counts = Enumerable.Range(0, 8000).Select(_ => draws.Draw(weights)).CountBy(at => at).ToDictionary();
        Assert.Equal([0, 2, 3], counts.Keys.Order());
        Assert.InRange(counts[0], 880, 1120);
        Assert.InRange(counts[2], 4830, 5170);
        RowDraws one = new("a"), same = new("a"), other = new("b");
        Assert.Equal(Enumerable.Range(0, 20).Select(_ => one.Draw(weights)).ToArray(), Enumerable.Range(0, 20).Select(_ => same.Draw(weights)).ToArray());
        Assert.NotEqual(Enumerable.Range(0, 40).Select(_ => one.Draw(weights)).ToArray(), Enumerable.Range(0, 40).Select(_ => other.Draw(weights)).ToArray());
        Assert.Equal(-1, one.Draw([0, 0]));
    }
}
