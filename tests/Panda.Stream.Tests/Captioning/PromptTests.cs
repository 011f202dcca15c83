using Panda.Stream.Captioning;
using Panda.Stream.Models;
using Panda.Stream.Models.Tokenizers;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Captioning;

public class PromptTests
{
    private static readonly Tokenizer Tokenizer = Tokenizer.Load(TinyModels.PathOf("teacher", "tokenizer.json"));

    private static readonly Prompt Prompt = new(
        new PromptCard
        {
            Bos = true,
            Segments =
            [
                new() { Text = "Human: " },
                new() { Visual = true },
                new() { Text = "T: {title} D: {description}", When = "title" },
                new() { Text = "S: {subtitles}", When = "subtitles", MaxTokens = 5 },
                new() { Text = "Assistant:" },
            ],
        },
        Tokenizer);

    private static string[] Texts(CaptionRequest request)
    {
        var parts = Prompt.For(new(request, [], new Dictionary<string, string>()));
        Assert.Equal([null, "visual_tokens", null], parts.Select(part => part.Tensor));
        Assert.Equal(1, parts[0].Ids[0]); // <s>, on the first segment alone
        return [Tokenizer.Decode(parts[0].Ids), Tokenizer.Decode(parts[2].Ids)];
    }

    [Fact]
    public void Segments_stand_around_the_visual_tokens_and_those_without_their_field_are_left_out()
    {
        Assert.Equal(["Human: ", "Assistant:"], Texts(new("c", [], 0, 1)));
        Assert.Equal(["Human: ", "T: a ball D: Assistant:"], Texts(new("c", [], 0, 1, Title: "a ball")));
        Assert.Equal(["Human: ", "S: uuAssistant:"], Texts(new("c", [], 0, 1, Subtitles: "uuuuuuuuu")));
    }

    [Fact]
    public void What_a_title_says_in_braces_is_text() =>
        Assert.Equal(["Human: ", "T: {description} {x} D: seenAssistant:"], Texts(new("c", [], 0, 1, "{description} {x}", "seen")));
}
