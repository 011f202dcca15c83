using Panda.Stream.Measures;

namespace Panda.Stream.Tests.Measures;

public sealed class CaptionMeasuresTests
{
    private static readonly MeasuredCaption[] Corpus =
    [
        new("a", "a red ball rolls across the green floor",
            ["a red ball is rolling across a green floor", "the red ball rolls over the floor", "a ball rolls on green ground"]),
        new("b", "a man is playing a guitar on a stage", ["a man plays the guitar on stage", "a musician is playing his guitar in front of people"]),
        new("c", "two dogs running in the snow",
            ["two dogs run through deep snow", "dogs are playing in the snow together", "two brown dogs running in the snow"]),
        new("d", "the the the the the the the", ["the cat is on the mat", "there is a cat on the mat"]),
        new("e", "a woman", ["a woman cuts vegetables in a kitchen with a sharp knife"]),
        new("f", "a person is riding a horse along the beach at sunset while waves roll in behind them",
            ["a person rides a horse on the beach", "someone riding a horse along the beach at sunset"]),
        new("g", "cars drive on a busy street at night", ["cars drive on a busy street at night"]),
    ];

    /// <summary>
    /// What the code of coco-caption (BLEU, ROUGE-L, "CIDEr", which is CIDEr-D) and of CIDEr's authors (CIDEr) prints for that corpus, the
    /// last row for the whole. Where a precision is 0, coco-caption's BLEU is not 0 but what its added 1e-15 and 1e-9 leave.
    /// </summary>
    private static readonly double[][] Reference =
    [
        [7.856293016764011e-05, 0.7285031847133757, 2.8109855947053553, 2.7461169252460786],
        [8.168727984007116e-09, 0.639412997903564, 1.8969016478962089, 1.809699865199118],
        [0.8408964149138524, 0.9104477611940297, 3.970421944506084, 3.924810326839718],
        [1.2421889947162098e-12, 0.31202046035805625, 0.40243503900662037, 0.09675488709446996],
        [1.1108996528521956e-05, 0.273542600896861, 1.7338271229685764, 0.5628912534445772],
        [0.45274718706592665, 0.6515353805073432, 3.8865464742539144, 1.5179759727289808],
        [0.9999999997163694, 1.0, 10.0, 10.0],
        [0.4740413237592076, 0.64506605508189, 3.528731117619537, 2.9511784615075634],
    ];

    [Fact]
    public void They_equal_the_reference_implementations()
    {
        var (corpus, segments) = CaptionMeasures.Of(Corpus);
        foreach (var (scores, reference) in segments.Append(corpus).Zip(Reference))
        {
            Assert.Equal(reference[0] < 1e-3 ? 0 : reference[0], scores.Bleu4, 1e-8);
            Assert.Equal(reference[1], scores.RougeL, 1e-12);
            Assert.Equal(reference[2], scores.Cider, 1e-10);
            Assert.Equal(reference[3], scores.CiderD, 1e-10);
        }
    }

    /// <summary>The worked examples of METEOR that its descriptions print, and the first of the paper's own.</summary>
    [Theory]
    [InlineData("the cat sat on the mat", "the cat sat on the mat", 0.9977)]
    [InlineData("the cat was sat on the mat", "the cat sat on the mat", 0.9654)]
    [InlineData("on the mat sat the cat", "the cat sat on the mat", 0.5)]
    [InlineData("the president then spoke to the audience", "the president spoke to the audience", 0.9654)]
    [InlineData("dogs are running", "a dog runs", 0.3333)] // two stems of three, two chunks: F = 2/3, penalty 1/2
    public void Meteor_is_the_published_one(string candidate, string reference, double expected) =>
        Assert.Equal(expected, CaptionMeasures.Of([new("x", candidate, [reference])]).Corpus.Meteor, 5e-5);

    [Fact]
    public void A_corpus_of_meteor_adds_counts_before_it_divides()
    {
        MeasuredCaption[] two = [new("a", "the cat sat on the mat", ["the cat sat on the mat"]), new("b", "a dog", ["nothing like it at all"])];
        // 6 matches in 1 chunk, 8 words against 11.
        double precision = 6 / 8.0, recall = 6 / 11.0;
        Assert.Equal(10 * precision * recall / (recall + 9 * precision) * (1 - 0.5 * Math.Pow(1 / 6.0, 3)), CaptionMeasures.Of(two).Corpus.Meteor, 1e-12);
    }

    [Fact]
    public void The_best_reference_counts_for_meteor_and_none_can_hurt()
    {
        var one = CaptionMeasures.Of([new("x", "a dog runs", ["a dog runs fast"])]).Corpus.Meteor;
        Assert.Equal(one, CaptionMeasures.Of([new("x", "a dog runs", ["rain", "a dog runs fast", "the cat"])]).Corpus.Meteor);
    }

    [Fact]
    public void Empty_candidates_score_nothing()
    {
        foreach (var nothing in new[] { "", "...", "?! ()" })
            Assert.Equal(new CaptionScores(0, 0, 0, 0, 0), CaptionMeasures.Of([new("x", nothing, ["a dog"]), Corpus[0]]).Segments[0]);
    }

    [Fact]
    public void No_caption_and_no_reference_are_refused()
    {
        Assert.Contains("found no caption", Assert.Throws<ArgumentException>(() => CaptionMeasures.Of([])).Message);
        Assert.Contains("x: found no reference", Assert.Throws<ArgumentException>(() => CaptionMeasures.Of([new("x", "a", [])])).Message);
    }
}
