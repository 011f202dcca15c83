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

    [Theory]
    [InlineData("red blue green ball cube", 4, "[CLS] red blue [SEP]", "[CLS] ball cube [SEP]")]
    [InlineData("red blue", 9, "[CLS] red blue [SEP]", "[CLS] red blue [SEP]")]
    [InlineData("red blue", 2, "[CLS] [SEP]", "[CLS] [SEP]")]
    [InlineData("red blue", 1, "[CLS]", "[CLS]")]
    public void Text_is_cut_at_the_side_that_is_asked_for(string text, int maxTokens, string right, string left)
    {
        int[] Ids(string tokens) => [.. tokens.Split(' ').Select(token => Words.IdOf(token)!.Value)];
        Assert.Equal(Ids(right), Words.Encode(text, true, maxTokens, TextSide.Right));
        Assert.Equal(Ids(left), Words.Encode(text, true, maxTokens, TextSide.Left));
    }

    [Fact]
    public void The_sides_and_the_padding_are_the_files()
    {
        Assert.Equal((TextSide.Right, TextSide.Right, 0), (Words.TruncationSide, Words.PaddingSide, Words.PaddingId));
        var changed = Changed("matcher", file =>
        {
            file["truncation"] = JsonNode.Parse("""{"direction": "Left", "max_length": 512, "strategy": "LongestFirst", "stride": 0}""");
            file["padding"] = JsonNode.Parse("""{"strategy": "BatchLongest", "direction": "Left", "pad_id": 3, "pad_type_id": 0, "pad_token": "[X]"}""");
        });
        var tokenizer = Load(changed);
        Assert.Equal((TextSide.Left, TextSide.Left, 3), (tokenizer.TruncationSide, tokenizer.PaddingSide, tokenizer.PaddingId));
        Assert.Equal(Words.Encode("red blue", true, 3, TextSide.Left), tokenizer.Encode("red blue", maxTokens: 3));
    }

    [Fact]
    public void An_added_token_may_want_to_be_a_word_and_to_swallow_blanks()
    {
        var token = Words.LargestId + 1;
        var tokenizer = Load(Changed("matcher", file => file["added_tokens"]!.AsArray().Add(JsonNode.Parse(
            $$"""{"id": {{token}}, "content": "red", "single_word": true, "lstrip": true, "rstrip": false, "normalized": false, "special": false}"""))));
        Assert.Equal([.. Words.Encode("a", false), token, .. Words.Encode("! b", false)], tokenizer.Encode("a  red! b", specials: false));
        Assert.DoesNotContain(token, tokenizer.Encode("reduced \u0416red red\u0301 red_ 1red", specials: false));
        Assert.Equal([token, token], tokenizer.Encode("red red", specials: false));
    }

    [Fact]
    public void Ids_that_no_token_has_are_no_fault_and_stand_for_nothing()
    {
        var tokenizer = Load("""{"model": {"type": "BPE", "vocab": {"a": 0, "b": 4}, "merges": []}}""");
        Assert.Equal(4, tokenizer.LargestId);
        Assert.Equal([0, 4], tokenizer.Encode("ab"));
        Assert.Equal("a b", tokenizer.Decode([0, 2, 4]));
    }

    [Fact]
    public void Half_a_surrogate_pair_counts_as_a_replacement_character() => Assert.Equal("a\uFFFDb\uFFFD", ByteLevel.Decode(ByteLevel.Encode("a\uD83Db\uDE00")));

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
    [InlineData("model", """{"type": "WordLevel", "vocab": {}}""", "model.type: found \"WordLevel\", expected BPE, Unigram or WordPiece")]
    [InlineData("model", """{"vocab": {}}""", "model.type: found nothing, expected")]
    [InlineData("model", "null", "model: found nothing, expected")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a b"]}""", "model.merges[0]: found \"a b\", expected tokens of model.vocab, which has no 'ab'")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0}, "merges": [["a", "c"]]}""", "model.merges[0]: found [\"a\",\"c\"], expected tokens of model.vocab, which has no 'c'")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0}, "merges": ["a"]}""", "model.merges[0]: found \"a\", expected two tokens")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0}, "merges": [], "unk_token": "<unk>"}""", "model.unk_token: found \"\\u003Cunk\\u003E\", expected a token of model.vocab")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0}, "merges": [], "dropout": 0.1}""", "model.dropout: found 0.1, expected null")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": "0"}, "merges": []}""", "model.vocab.a: found \"0\", expected a whole number")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 3, "b": 3}, "merges": []}""", "model.vocab: found id 3 for 'a' and 'b', expected it once")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": -1}, "merges": []}""", "model.vocab.a: found -1, expected an id, 0 or more")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0}, "merges": {}}""", "model.merges: found {}, expected a list")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 3, "<0x41>": 4}, "merges": [], "byte_fallback": true}""", "model.byte_fallback: found true, expected")]
    [InlineData("model", """{"type": "Unigram", "vocab": [["a", 0], ["a", -1]], "unk_id": 0}""", "model.vocab[1][0]: found \"a\", expected a token of its own: it is that of id 0 as well")]
    [InlineData("model", """{"type": "Unigram", "vocab": [["a"]], "unk_id": 0}""", "model.vocab[0]: found [\"a\"], expected a token and its score")]
    [InlineData("model", """{"type": "Unigram", "vocab": [["a", 0]], "unk_id": 7}""", "model.unk_id: found 7, expected an id below 1")]
    [InlineData("model", """{"type": "Unigram", "vocab": [["a", 0]], "unk_id": null}""", "model.unk_id: found nothing, expected a value")]
    [InlineData("model", """{"type": "WordPiece", "vocab": {"a": 0}, "unk_token": "[UNK]"}""", "model.unk_token: found \"[UNK]\", expected a token of model.vocab")]
    [InlineData("pre_tokenizer", """{"type": "UnicodeScripts"}""", "pre_tokenizer.type: found \"UnicodeScripts\", expected Sequence, ByteLevel,")]
    [InlineData("pre_tokenizer", """{"type": "Sequence", "pretokenizers": [{"type": "Digits"}, {"type": "Magic"}]}""", "pre_tokenizer.pretokenizers[1].type: found \"Magic\", expected")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "(a"}, "behavior": "Isolated"}""", "pre_tokenizer.pattern.Regex: found \"(a\", expected a regular expression")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "[a[b]]"}, "behavior": "Isolated"}""", "pre_tokenizer.pattern.Regex: found \"[a[b]]\", expected a regular expression that is known here (classes inside classes are not)")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"String": "a"}, "behavior": "Gone"}""", "pre_tokenizer.behavior: found \"Gone\", expected Removed,")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "__"}""", "pre_tokenizer.replacement: found \"__\", expected one character")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "prepend_scheme": "often"}""", "pre_tokenizer.prepend_scheme: found \"often\", expected always, first or never")]
    [InlineData("normalizer", """{"type": "Upper"}""", "normalizer.type: found \"Upper\", expected Sequence, NFC,")]
    [InlineData("normalizer", """{"type": "Precompiled", "precompiled_charsmap": "AAAA"}""", "normalizer.precompiled_charsmap: found \"AAAA\", expected a table of SentencePiece in base 64")]
    [InlineData("normalizer", """{"type": "Replace", "pattern": {"String": ""}, "content": "x"}""", "normalizer.pattern.String: found \"\", expected text that is not empty")]
    [InlineData("normalizer", "7", "normalizer: found 7, expected an object")]
    [InlineData("post_processor", """{"type": "Magic"}""", "post_processor.type: found \"Magic\", expected Sequence, ByteLevel,")]
    [InlineData("post_processor", """{"type": "TemplateProcessing", "single": [], "special_tokens": {}}""", "post_processor.single: found [], expected a Sequence, the text, among its parts")]
    [InlineData("decoder", """{"type": "CTC"}""", "decoder.type: found \"CTC\", expected Sequence, ByteLevel,")]
    [InlineData("truncation", """{"direction": "Up"}""", "truncation.direction: found \"Up\", expected Left or Right")]
    [InlineData("added_tokens", """[{"content": "x"}]""", "added_tokens[0].id: found nothing, expected a value")]
    public void A_part_that_is_wrong_or_not_known_is_refused_by_name_and_place(string part, string json, string message) =>
        Refused(Changed("teacher", file => file[part] = JsonNode.Parse(json)), message);

    [Theory]
    [InlineData("", "found no JSON")]
    [InlineData("{\"model\": {\"type\": \"BPE\", ", "found no JSON")]
    [InlineData("[]", "found JSON of another form")]
    [InlineData("{\"version\": \"1.0\"}", "model: found nothing, expected a value")]
    public void A_file_of_another_form_is_refused(string text, string message) => Refused(text, message);

    [Fact]
    public void A_missing_file_is_named() => Assert.StartsWith("/no/tokenizer.json: found no readable file", Assert.Throws<TokenizerException>(() => Tokenizer.Load("/no/tokenizer.json")).Message);

    private static string Changed(string model, Action<JsonNode> change)
    {
        var file = JsonNode.Parse(File.ReadAllText(TinyModels.PathOf(model, "tokenizer.json")))!;
        change(file);
        return file.ToJsonString();
    }

    private static Tokenizer Load(string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            return Tokenizer.Load(file);
        }
        catch (TokenizerException error)
        {
            Assert.StartsWith($"{file}: ", error.Message);
            throw new TokenizerException(error.Message[$"{file}: ".Length..]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Refused(string text, string message) => Assert.StartsWith(message, Assert.Throws<TokenizerException>(() => Load(text)).Message);
}
