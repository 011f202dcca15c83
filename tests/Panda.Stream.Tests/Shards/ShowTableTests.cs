using Panda.Stream.Shards;

namespace Panda.Stream.Tests.Shards;

public class ShowTableTests
{
    private static readonly ClipRow Ball = SomeRows.Clip(1) with
    {
        ClipId = "beach-00001", StartSeconds = 80.88, EndSeconds = 83.98, MatchingScore = 0.8125f, CaptionTeacher = "mini-blip2",
        Caption = "A red ball rolls to the left on a beach.",
        Candidates = [new("mini-video", "A ball.", 0.25f, null), new("mini-blip2", "A red ball rolls to the left on a beach.", 0.8125f, null), new("mini-text", "", null, "ran out of memory")],
    };

    private static readonly ClipRow Hostile = SomeRows.Clip(2) with
    {
        ClipId = "x", StartSeconds = 0, EndSeconds = 4000, MatchingScore = null, CaptionTeacher = null,
        Caption = "\u001b[2J\u001b]0;owned\u0007 東京\u202Ex\nend", Candidates = [],
    };

    [Fact]
    public void A_row_is_a_line_of_facts_and_a_caption() => Assert.Equal(
        """
        beach-00001  0:01:20.880 - 0:01:23.980  0.813  mini-blip2
            A red ball rolls to the left on a beach.
        x            0:00:00.000 - 1:06:40.000    -    -
            ␛[2J␛]0;owned␇ 東京�x end

        """.ReplaceLineEndings("\n"), Show([Ball, Hostile], 80));

    [Fact]
    public void Candidates_are_shown_best_first_and_the_chosen_one_marked() => Assert.Equal(
        """
        beach-00001 0:01:20.880 - 0:01:23.980
        0.813 mini-blip2
            A red ball rolls to the left on a
            beach.
            * 0.813  mini-blip2  A red ball rolls
                                 to the left on a
                                 beach.
              0.250  mini-video  A ball.
                -    mini-text   (error: ran out
                                 of memory)

        """.ReplaceLineEndings("\n"), Show([Ball], 40, candidates: true));

    [Theory]
    [InlineData(48)]
    [InlineData(80)]
    [InlineData(200)]
    public void No_line_is_wider_than_the_terminal(int width)
    {
        var clips = Enumerable.Range(0, 40).Select(i => SomeRows.Clip(i)).ToList();
        foreach (var line in Show(clips, width, candidates: true).Split('\n'))
        {
            Assert.True(TerminalText.Width(line) <= width, line);
            Assert.DoesNotContain(line, char.IsControl);
        }
    }

    [Fact]
    public void No_rows_give_no_lines() => Assert.Equal("", Show([], 80));

    [Theory]
    [InlineData("plain é", "plain é", 7)]
    [InlineData("e\u0301", "e\u0301", 1)]
    [InlineData("東京", "東京", 4)]
    [InlineData("🎬", "🎬", 2)]
    [InlineData("\t\r\n\u2028", "    ", 4)]
    [InlineData("\0\u001b\u007f\u009b", "␀␛��", 4)]
    [InlineData("\u202E\u2066\uFEFF", "���", 3)]
    public void Text_is_made_harmless_and_measured_in_cells(string text, string shown, int width)
    {
        Assert.Equal(shown, TerminalText.Harmless(text));
        Assert.Equal(width, TerminalText.Width(TerminalText.Harmless(text)));
    }

    [Fact]
    public void Half_a_letter_is_replaced() => Assert.Equal("a�b", TerminalText.Harmless("a\uD800b"));

    [Fact]
    public void Long_words_are_broken() =>
        Assert.Equal(["one", "twotwo", "two", "東京"], TerminalText.Wrap(" one  twotwotwo 東京", 6));

    private static string Show(IReadOnlyList<ClipRow> clips, int width, bool candidates = false)
    {
        using var text = new StringWriter { NewLine = "\n" };
        ShowTable.Write(text, clips, width, candidates);
        return text.ToString();
    }
}
