using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Panda.Stream.Models.Tokenizers;

namespace Panda.Stream.Tests.Models;

/// <summary>Single parts of tokenizer.json, by the reference's own examples or worked out by hand from its source.</summary>
public class TokenizerPartsTests
{
    [Theory]
    [InlineData("""{"type": "NFC"}""", "e\u0301 q\u0323\u0307 \u1100\u1161\u11A8 \u212B", "\u00E9 q\u0323\u0307 \uAC01 \u00C5")]
    [InlineData("""{"type": "NFC"}""", "q\u0307\u0323 a\u0315\u0300\u05AE\u0300b \u0958 \uFB1D", "q\u0323\u0307 \u00E0\u05AE\u0300\u0315b \u0915\u093C \u05D9\u05B4")]
    [InlineData("""{"type": "NFD"}""", "\u00E9 \uAC01 \u1E69", "e\u0301 \u1100\u1161\u11A8 s\u0323\u0307")]
    [InlineData("""{"type": "NFKC"}""", "\uFB01 \u2460 \uFF76\uFF9E \u1E9B\u0323", "fi 1 \u30AC \u1E69")]
    [InlineData("""{"type": "NFKD"}""", "\u00BD \u1E9B\u0323 \u3392", "1\u20442 s\u0323\u0307 MHz")]
    [InlineData("""{"type": "Lowercase"}""", "ÀΣΟΦΟΣ \u0130 \U00010400", "àσοφοσ i\u0307 \U00010428")]
    [InlineData("""{"type": "StripAccents"}""", "e\u0301 \u00E9 \u0939\u093F", "e \u00E9 \u0939")]
    [InlineData("""{"type": "Strip", "strip_left": true, "strip_right": false}""", " \t a \n", "a \n")]
    [InlineData("""{"type": "Strip", "strip_left": false, "strip_right": true}""", " \t a \n", " \t a")]
    [InlineData("""{"type": "Replace", "pattern": {"Regex": "[0-9]+"}, "content": "#"}""", "a12b345", "a#b#")]
    [InlineData("""{"type": "Replace", "pattern": {"String": " "}, "content": "$1"}""", "a b", "a$1b")]
    [InlineData("""{"type": "Replace", "pattern": {"Regex": "\\p{L}."}, "content": "."}""", "\U00010400\U0001F600x", ".x")]
    [InlineData("""{"type": "Prepend", "prepend": "▁"}""", "a", "▁a")]
    [InlineData("""{"type": "Prepend", "prepend": "▁"}""", "", "")]
    [InlineData("""{"type": "Nmt"}""", "a\u0001\u000Bb\tc\u200Bd\u2581e\u0085", "ab c d e\u0085")]
    [InlineData("""{"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true}""", "É\u0000\t中\U00020000\u200D", "e  中  \U00020000 ")]
    [InlineData("""{"type": "BertNormalizer", "clean_text": false, "handle_chinese_chars": false, "strip_accents": null, "lowercase": false}""", "É\t中", "É\t中")]
    [InlineData("""{"type": "BertNormalizer", "clean_text": false, "handle_chinese_chars": false, "strip_accents": false, "lowercase": true}""", "É", "é")]
    [InlineData("""{"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}, {"type": "Lowercase"}]}""", "ÉÀ", "ea")]
    public void A_normaliser_changes_text(string json, string text, string expected) => Assert.Equal(expected, Normalisers.Read(Part(json))(text));

    [Theory]
    [InlineData("\uFB01x", "fix")]
    [InlineData("e\u0301", "\u00E9")]
    [InlineData("\u00B2\u0301", "2")] // the shortest known beginning of a short cluster replaces all of it
    [InlineData("\uFB01\u1AB0", "fi\u1AB0")] // a cluster of more than five bytes is taken character by character
    [InlineData("\r\n", " ")]
    [InlineData("\u0001\uFF5E", "\uFF5E")]
    public void The_table_of_SentencePiece_is_read_as_the_reference_reads_it(string text, string expected)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(TokenizerTexts.Folder, "t5.json")));
        Assert.Equal(expected, Normalisers.Read(new(file.RootElement.GetProperty("normalizer"), ""))(text));
    }

    [Theory]
    [InlineData("Removed", "the|final|countdown", "the|final|countdown")]
    [InlineData("Isolated", "the|-|final|-|-|countdown", "the|-|final|--|countdown")]
    [InlineData("MergedWithPrevious", "the-|final-|-|countdown", "the-|final--|countdown")]
    [InlineData("MergedWithNext", "the|-final|-|-countdown", "the|-final|--countdown")]
    [InlineData("Contiguous", "the|-|final|--|countdown", "the|-|final|--|countdown")]
    public void A_split_does_with_its_pattern_what_it_is_told(string behaviour, string expected, string inverted)
    {
        PreTokenised($$"""{"type": "Split", "pattern": {"String": "-"}, "behavior": "{{behaviour}}", "invert": false}""", "the-final--countdown", expected);
        PreTokenised($$"""{"type": "Split", "pattern": {"Regex": "[a-z]+"}, "behavior": "{{behaviour}}", "invert": true}""", "the-final--countdown", inverted);
    }

    [Theory]
    [InlineData("""{"type": "Whitespace"}""", "Hey man!?  naïve_1 x…y", "Hey|man|!?|naïve_1|x|…|y")]
    [InlineData("""{"type": "WhitespaceSplit"}""", " a\u0085b\u00A0c, d\uFEFFe ", "a|b|c,|d\uFEFFe")]
    [InlineData("""{"type": "Digits", "individual_digits": true}""", "a12\u0663½b", "a|1|2|\u0663|½|b")]
    [InlineData("""{"type": "Digits", "individual_digits": false}""", "a12\u0663½b", "a|12\u0663½|b")]
    [InlineData("""{"type": "Punctuation"}""", "a..b$ “c”", "a|.|.|b|$| |“|c|”")]
    [InlineData("""{"type": "Punctuation", "behavior": "MergedWithPrevious"}""", "a..b", "a.|.|b")]
    [InlineData("""{"type": "CharDelimiterSplit", "delimiter": "x"}""", "axxb", "a|b")]
    [InlineData("""{"type": "BertPreTokenizer"}""", "Hey friend!     How are you?!?", "Hey|friend|!|How|are|you|?|!|?")]
    [InlineData("""{"type": "Metaspace", "prepend_scheme": "always"}""", "Hey  friend!", "▁Hey|▁|▁friend!")]
    [InlineData("""{"type": "Metaspace", "prepend_scheme": "never"}""", "Hey friend", "Hey|▁friend")]
    [InlineData("""{"type": "Metaspace", "prepend_scheme": "first", "split": false}""", "Hey friend", "▁Hey▁friend")]
    [InlineData("""{"type": "Metaspace", "add_prefix_space": false}""", "Hey", "Hey")]
    [InlineData("""{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Metaspace", "prepend_scheme": "first"}]}""", "a b", "▁a|b")]
    [InlineData("""{"type": "ByteLevel", "add_prefix_space": true}""", "a é", "Ġa|ĠÃ©")]
    [InlineData("""{"type": "ByteLevel", "add_prefix_space": false}""", "we're  \U00010400\U00010401", "we|'re|Ġ|ĠðĲĲĢðĲĲģ")]
    [InlineData("""{"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}""", "a b", "aĠb")]
    [InlineData("""{"type": "Split", "pattern": {"Regex": "\\p{N}{1,3}"}, "behavior": "Isolated"}""", "\U0001D7CE\U0001D7CF\U0001D7D0\U0001D7D1", "\U0001D7CE\U0001D7CF\U0001D7D0|\U0001D7D1")]
    public void A_pre_tokeniser_cuts_text(string json, string text, string expected) => PreTokenised(json, text, expected);

    [Fact]
    public void Metaspace_leads_the_first_piece_of_a_text_alone_when_told() =>
        Assert.Equal(["b"], PreTokenisers.Read(Part("""{"type": "Metaspace", "prepend_scheme": "first"}"""))("b", first: false));

    [Theory]
    [InlineData("""{"type": "ByteFallback"}""", "<0xE5>|<0x8f>|<0xab>|a", "叫|a")]
    [InlineData("""{"type": "ByteFallback"}""", "<0xE5>|<0x8f>|a|<0x61>|<0xQ1>", "\uFFFD\uFFFD|a|a|<0xQ1>")]
    [InlineData("""{"type": "Fuse"}""", "a|b", "ab")]
    [InlineData("""{"type": "Strip", "content": "H", "start": 1, "stop": 0}""", "Hey|HHH| friend", "ey|HH| friend")]
    [InlineData("""{"type": "Strip", "content": "y", "start": 0, "stop": 1}""", "Hey| friend", "He| friend")]
    [InlineData("""{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}""", "▁a▁b|▁", " a b| ")]
    [InlineData("""{"type": "Metaspace"}""", "▁Hey|▁friend!", "Hey| friend!")]
    [InlineData("""{"type": "Metaspace", "prepend_scheme": "never"}""", "▁Hey|▁friend!", " Hey| friend!")]
    [InlineData("""{"type": "WordPiece", "prefix": "##", "cleanup": true}""", "do|##n't|see|##!|.|it", "do|n't| see|!|.| it")]
    [InlineData("""{"type": "WordPiece", "prefix": "##", "cleanup": false}""", "##a|.|##b", "##a| .|b")]
    [InlineData("""{"type": "BPEDecoder", "suffix": "</w>"}""", "my</w>|na|me</w>", "my |na|me")]
    [InlineData("""{"type": "ByteLevel"}""", "Ġa|Ã|©|Ã", " aé\uFFFD")]
    [InlineData("""{"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Fuse"}]}""", "a|<0x62>", "ab")]
    public void A_decoder_puts_tokens_together(string json, string tokens, string expected) => Assert.Equal(expected, string.Join('|', Decoders.Read(Part(json))(tokens.Split('|'))));

    /// <summary>Quadratic time would be minutes; what is measured is some tens of milliseconds.</summary>
    [Theory]
    [MemberData(nameof(TokenizerParityTests.Names), MemberType = typeof(TokenizerParityTests))]
    public void Strings_of_100_000_characters_take_no_quadratic_time(string name)
    {
        var tokenizer = Tokenizer.Load(Path.Combine(TokenizerTexts.Folder, $"{name}.json"));
        foreach (var unit in new[] { "a", " ", "the", "中", "\u0301", "a\u0301\u0323", "😀", "1", "red ball, ", "\n", "<s>", "'" })
        {
            var text = new StringBuilder().Insert(0, unit, 100_000 / unit.Length).ToString();
            var watch = Stopwatch.StartNew();
            tokenizer.Decode(tokenizer.Encode(text));
            TestContext.Current.TestOutputHelper?.WriteLine($"{name} {JsonSerializer.Serialize(unit)}: {watch.ElapsedMilliseconds} ms");
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"'{unit}': {watch.Elapsed}");
        }
    }

    private static void PreTokenised(string json, string text, string expected) => Assert.Equal(expected, string.Join('|', PreTokenisers.Read(Part(json))(text, first: true)));

    private static JsonPart Part(string json) => new(JsonDocument.Parse(json).RootElement, "");
}
