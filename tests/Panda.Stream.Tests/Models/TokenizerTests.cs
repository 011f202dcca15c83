using System.Text.Json;
using System.Text.Json.Nodes;
using Panda.Stream.Models.Tokenizers;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Models;

public class TokenizerTests
{
    private static readonly Tokenizer ByteLevel = Tokenizer.Load(TinyModels.PathOf("teacher", "tokenizer.json"));
    private static readonly Tokenizer Words = Tokenizer.Load(TinyModels.PathOf("matcher", "tokenizer.json"));

    [Theory]
    [InlineData("byte_level", "teacher")]
    [InlineData("word_piece", "matcher")]
    public void Ids_and_texts_equal_those_of_the_Hugging_Face_library(string kind, string model)
    {
        var tokenizer = Tokenizer.Load(TinyModels.PathOf(model, "tokenizer.json"));
        var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", "tokenizers", "encodings.json"))).RootElement.GetProperty(kind);
        Assert.True(expected.GetArrayLength() > 20);
        Assert.All(expected.EnumerateArray(), row =>
        {
            var ids = row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
            Assert.Equal(ids, tokenizer.Encode(row.GetProperty("text").GetString()!));
            Assert.Equal(row.GetProperty("decoded").GetString(), tokenizer.Decode(ids));
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData(" leading and trailing \n\n")]
    [InlineData("żółć 😀 中文 \u0001\u0000 \u202Ertl")]
    public void Byte_level_text_comes_back_as_it_was(string text) => Assert.Equal(text, ByteLevel.Decode(ByteLevel.Encode(text)));

    [Fact]
    public void Text_is_cut_at_its_end_and_keeps_the_tokens_around_it()
    {
        Assert.Equal([.. ByteLevel.Encode("a red ball rolls").Take(3)], ByteLevel.Encode("a red ball rolls", maxTokens: 3));
        var cut = Words.Encode("red blue green ball cube", maxTokens: 4);
        Assert.Equal(new[] { "[CLS]", "red", "blue", "[SEP]" }.Select(token => Words.IdOf(token)!.Value), cut);
        Assert.Equal("red blue", Words.Decode(cut));
    }

    [Fact]
    public void A_long_run_without_blanks_takes_no_quadratic_time() => Assert.True(ByteLevel.Encode(new string('a', 200_000)).Count > 1000);

    [Fact]
    public void Special_tokens_are_found_by_name()
    {
        Assert.Equal(1, ByteLevel.IdOf("<s>"));
        Assert.Null(ByteLevel.IdOf("[CLS]"));
        Assert.Equal(0, Words.PaddingId);
        Assert.Equal([2, 1], ByteLevel.Encode("</s><s>"));
        Assert.Equal("", ByteLevel.Decode([0, 1, 2, 9999]));
    }

    [Theory]
    [InlineData("model", """{"type": "Unigram", "vocab": []}""", "model.type: found Unigram, expected BPE or WordPiece")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace"}""", "pre_tokenizer.type: found Metaspace, expected ByteLevel, with its own pattern")]
    [InlineData("pre_tokenizer", "null", "pre_tokenizer.type: found none, expected ByteLevel, with its own pattern")]
    [InlineData("normalizer", """{"type": "NFC"}""", "normalizer.type: found NFC, expected none before a byte-level BPE")]
    [InlineData("post_processor", """{"type": "Magic"}""", "post_processor.type: found Magic, expected TemplateProcessing, ByteLevel or none")]
    [InlineData("decoder", """{"type": "Fuse"}""", "decoder.type: found Fuse, expected ByteLevel")]
    public void A_part_that_is_not_known_is_refused_by_name(string part, string json, string message)
    {
        var tokenizer = JsonNode.Parse(File.ReadAllText(TinyModels.PathOf("teacher", "tokenizer.json")))!;
        tokenizer[part] = JsonNode.Parse(json);
        Refused(tokenizer.ToJsonString(), message);
    }

    [Theory]
    [InlineData("", "found no JSON")]
    [InlineData("{\"model\": {\"type\": \"BPE\", ", "found no JSON")]
    [InlineData("[]", "found JSON of another form")]
    [InlineData("{\"version\": \"1.0\"}", "found JSON of another form")]
    public void A_file_of_another_form_is_refused(string text, string message) => Refused(text, message);

    [Fact]
    public void A_missing_file_is_named() => Assert.StartsWith("/no/tokenizer.json: found no readable file", Assert.Throws<TokenizerException>(() => Tokenizer.Load("/no/tokenizer.json")).Message);

    private static void Refused(string text, string message)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, text);
        Assert.StartsWith($"{file}: {message}", Assert.Throws<TokenizerException>(() => Tokenizer.Load(file)).Message);
        File.Delete(file);
    }
}
