using Panda.Stream.Captioning;
using Panda.Stream.Captioning.Stages;
using Panda.Stream.Models.Tokenizers;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Captioning;

public class InstructionTests
{
    private static readonly Tokenizer Tokenizer = Tokenizer.Load(TinyModels.PathOf("teacher", "tokenizer.json"));

    [Fact]
    public void Figure_8_has_a_line_for_each_text_that_there_is()
    {
        Assert.Equal("Please faithfully summarize the video in one sentence.", Instruction.Of(true, "", " ", ""));
        Assert.Equal("Please faithfully summarize the image in one sentence.", Instruction.Of(false, "", "", ""));
        Assert.Equal("""
            You are given some information about a video and will be asked to summarize the video.
            The subtitles of the video: "hello"
            Some descriptions of the video: ["A title", "A description"]
            Please faithfully summarize the video in one sentence.
            """, Instruction.Of(true, "A title", "A description", "hello"));
        Assert.Equal("""
            You are given some information about a video and will be asked to summarize the given video frame.
            Some descriptions of the video: ["A title"]
            Please faithfully summarize the video frame in one sentence.
            """, Instruction.Of(false, "A title", "", ""));
    }

    [Theory]
    [InlineData(false, false, "Please faithfully summarize the video in one sentence.")]
    [InlineData(true, false, "The subtitles of the video: \"spoken\"")]
    [InlineData(false, true, "[\"title\", \"told\"]")]
    public void A_card_says_which_texts_the_instruction_tells(bool subtitles, bool metadata, string expected)
    {
        var fields = Fields(new() { Subtitles = subtitles, Metadata = metadata, Segments = [] });
        var text = fields.Value("instruction", Work(3));
        Assert.Contains(expected, text);
        Assert.Equal(subtitles, text.Contains("spoken"));
        Assert.Equal(metadata, text.Contains("told"));
    }

    [Fact]
    public void Times_are_those_of_the_frames_in_the_clip_as_python_writes_them()
    {
        Assert.Equal("0.0, 0.5, 1.0", Fields(new() { Segments = [] }).Value("times", Work(3)));
        var quarters = new ClipWork(new("c", [], 0, 100, FrameRate: 20), [.. new[] { 5, 15, 7, 25 }.Select(i => TinyModels.Frame(1, i))], new Dictionary<string, string>());
        Assert.Equal("0.2, 0.8, 0.3, 1.2", Fields(new() { Segments = [] }).Value("times", quarters)); // 0.25, 0.75, 0.35, 1.25: halves to even, .35 is a little less than it says
        Assert.Contains("found no frame rate", Assert.Throws<ArgumentException>(() => Fields(new() { Segments = [] }).Value("times", new(new("c", [], 0, 9), [TinyModels.Frame(1)], new Dictionary<string, string>()))).Message);
    }

    [Fact]
    public void A_field_is_cut_to_its_tokens_at_the_side_that_the_card_says()
    {
        var request = new CaptionRequest("c", [], 0, 9, Title: "one red ball", Subtitles: "😀😀 the camera falls 😀");
        string Cut(string field, int tokens, TextSide side) =>
            Fields(new() { Segments = [], Limits = new Dictionary<string, FieldLimit> { [field] = new() { MaxTokens = tokens, Cut = side } } }).Value(field, new(request, [], new Dictionary<string, string>()));
        Assert.Equal("one red ball", Cut("title", 100, TextSide.Right));
        foreach (var tokens in Enumerable.Range(1, 12))
        {
            foreach (var side in new[] { TextSide.Right, TextSide.Left })
            {
                var cut = Cut("subtitles", tokens, side);
                Assert.True(side == TextSide.Right ? request.Subtitles.StartsWith(cut, StringComparison.Ordinal) : request.Subtitles.EndsWith(cut, StringComparison.Ordinal));
                Assert.InRange(Tokenizer.Encode(cut, specials: false).Count, 0, tokens);
                Assert.DoesNotContain('\uFFFD', System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(cut)));
            }
        }
        Assert.True(Cut("subtitles", 12, TextSide.Right).Length > 4);
    }

    private static PromptFields Fields(PromptCard card) => new(card, Tokenizer);

    private static ClipWork Work(int frames) => new(
        new("c", [], 10, 30, "title", "told", "spoken", FrameRate: 10), [.. Enumerable.Range(0, frames).Select(i => TinyModels.Frame(1, 10 + 5 * i))], new Dictionary<string, string>());
}
