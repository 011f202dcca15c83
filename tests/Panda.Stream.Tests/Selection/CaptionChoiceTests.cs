using Panda.Stream.Captioning;
using Panda.Stream.Selection;

namespace Panda.Stream.Tests.Selection;

public class CaptionChoiceTests
{
    [Fact]
    public void The_best_score_wins_and_of_equals_the_first_teacher()
    {
        Candidate low = new("a", "low", 0.1f, null), high = new("b", "high", 0.9f, null), alike = new("c", "alike", 0.9f, null);
        Assert.Equal(high, CaptionChoice.Best([low, high, alike]));
        Assert.Equal(alike, CaptionChoice.Best([alike, low, high]));
        Assert.Equal(low with { Score = -3 }, CaptionChoice.Best([low with { Score = -3 }, high with { Score = -4 }]));
    }

    [Fact]
    public void Candidates_without_caption_or_score_never_win()
    {
        Candidate[] losers = [new("a", "", 0.9f, null), new("b", "words", 0.9f, "an error"), new("c", "words", null, null)];
        Assert.Null(CaptionChoice.Best(losers));
        Assert.Null(CaptionChoice.Best([]));
        Candidate winner = new("d", "words", 0.0f, null);
        Assert.Equal(winner, CaptionChoice.Best([.. losers, winner]));
    }
}
