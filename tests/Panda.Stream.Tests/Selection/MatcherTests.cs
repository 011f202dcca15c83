using Panda.Stream.Captioning;
using Panda.Stream.Models;
using Panda.Stream.Selection;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Selection;

public class MatcherTests
{
    private static readonly Matcher Softmax = Open("itm_softmax"), Logit = Open("itm_logit"), Itc = Open("itc");

    private static readonly CaptionRequest Clip = new("clip", [.. Enumerable.Range(0, 8).Select(i => TinyModels.Frame(i, 10 + 4 * i))], 10, 32);

    private static readonly Candidate[] Candidates =
        [.. new[] { "A red ball rolls to the left.", "a large blue metal cube", "green", "a small cube falls in the forest, red and blue, on a beach" }.Select((caption, i) => new Candidate($"t{i}", caption, null, null))];

    private static Matcher Open(string expression) =>
        new(LoadedCard.Load(TinyModels.Spoilt("matcher", "itm_softmax", expression)), ModelOptions.Default);

    [Fact]
    public void Scores_are_in_order_and_the_same_alone_as_in_a_batch()
    {
        foreach (var matcher in new[] { Softmax, Logit, Itc })
        {
            var scored = matcher.Score(Clip, Candidates);
            Assert.Equal(Candidates, scored.Select(candidate => candidate with { Score = null }));
            Assert.Equal(4, scored.Select(candidate => candidate.Score).Distinct().Count());
            Assert.All(Candidates.Zip(scored), pair => Assert.Equal(pair.Second.Score!.Value, matcher.Score(Clip, [pair.First])[0].Score!.Value, 5));
        }
    }

    [Fact]
    public void Softmax_and_logit_are_two_views_of_one_head()
    {
        var (softmax, logit) = (Softmax.Score(Clip, Candidates), Logit.Score(Clip, Candidates));
        Assert.All(softmax, candidate => Assert.InRange(candidate.Score!.Value, 0.0001f, 0.9999f));
        Assert.Contains(logit, candidate => candidate.Score is < 0 or > 1);
        Assert.All(Itc.Score(Clip, Candidates), candidate => Assert.InRange(candidate.Score!.Value, -1, 1));
    }

    [Fact]
    public void Candidates_without_a_caption_stay_as_they_are()
    {
        Candidate failed = new("a", "", null, "broken"), empty = new("b", "", null, null);
        var scored = Softmax.Score(Clip, [failed, Candidates[0], empty, Candidates[1]]);
        Assert.Equal([failed, empty], [scored[0], scored[2]]);
        Assert.Equal([Softmax.Score(Clip, Candidates)[0].Score, Softmax.Score(Clip, Candidates)[1].Score], [scored[1].Score, scored[3].Score]);
        Assert.Equal([failed], Softmax.Score(Clip, [failed]));
    }

    [Fact]
    public void A_score_that_is_no_number_is_an_error()
    {
        var black = Clip with { Kept = [TinyModels.Black(10)] };
        Assert.All(Softmax.Score(black, Candidates), candidate =>
        {
            Assert.Equal("tiny-matcher: found the matching score NaN, expected a finite number", candidate.Error);
            Assert.Null(candidate.Score);
            Assert.NotEmpty(candidate.Caption);
        });
        Assert.All(Softmax.Score(Clip with { Kept = [] }, Candidates), candidate => Assert.Contains("found no kept frames", candidate.Error));
    }

    [Fact]
    public void Captions_of_any_length_fit() => Assert.NotNull(Softmax.Score(Clip, [new("t", new string('x', 5000) + string.Concat(Enumerable.Repeat(" red", 500)), null, null)])[0].Score);

    [Fact]
    public void A_mixed_score_weighs_the_head_against_the_cosines_among_the_candidates()
    {
        using var mixed = Open("mixed, mix: {itm: 0.7, itc: 0.3, temperature: 0.2}");
        var cosines = Itc.Score(Clip, Candidates).Select(candidate => Math.Exp(candidate.Score!.Value / 0.2)).ToArray();
        var expected = Softmax.Score(Clip, Candidates).Select((candidate, i) => 0.7 * candidate.Score!.Value + 0.3 * cosines[i] / cosines.Sum()).ToArray();
        Assert.All(mixed.Score(Clip, Candidates).Zip(expected), pair => Assert.Equal(pair.Second, pair.First.Score!.Value, 4));
    }

    [Fact]
    public void Captions_are_cleaned_before_they_are_cut_into_tokens()
    {
        var clean = new TextCleaning { Lowercase = true, Delete = ",.'!?\"()*#:;~", Blank = "-/" };
        Assert.Equal("its a red ball and so on", clean.Apply("It's a (red) ball... and-so/on!"));
        using var cleaning = new Matcher(LoadedCard.Load(TinyModels.Spoilt("matcher", "pad: true}", "pad: true, clean: {delete: \"!\"}}")), ModelOptions.Default);
        Assert.Equal(Softmax.Score(Clip, [Candidates[0]])[0].Score, cleaning.Score(Clip, [Candidates[0] with { Caption = "!" + Candidates[0].Caption + "!!" }])[0].Score);
    }
}
