using Panda.Stream.Captioning;
using Panda.Stream.Config;
using Panda.Stream.Models;
using Panda.Stream.Native;
using Panda.Stream.Selection;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Models;

public class ModelCardTests
{
    [Fact]
    public void A_card_binds_whole()
    {
        var card = TinyModels.Card("teacher").Card;
        Assert.Equal(("tiny-teacher", ModelKind.Teacher, FrameRule.RandomRange, 0.3), (card.Name, card.Kind, card.Frames!.Rule, card.Frames.From));
        Assert.Equal(["batch", "2", "past", "8"], card.Sessions["decoder"].Inputs["past_key_values.1.key"]);
        Assert.Equal([null, "title", null], card.Prompt!.Segments.Select(segment => segment.When));
        Assert.Equal([PostOperation.Strip], card.Post.Select(post => post.Op!.Value));
    }

    [Fact]
    public void Identity_changes_with_the_card_and_with_every_file()
    {
        var copy = TinyModels.Copy("matcher");
        var before = LoadedCard.Load(Path.Combine(copy, "card.yaml")).Identity;
        Assert.Matches("^tiny-matcher@[0-9a-f]{8}$", before);
        Assert.Equal(TinyModels.Card("matcher").Identity, before);
        foreach (var file in new[] { "card.yaml", "tokenizer.json" })
        {
            File.AppendAllText(Path.Combine(copy, file), "\n");
            var after = LoadedCard.Load(Path.Combine(copy, "card.yaml")).Identity;
            Assert.NotEqual(before, after);
            before = after;
        }
    }

    [Theory]
    [InlineData("embedder", "kind: embedder", "kind: embeder", "card.yaml(2,7): error PS104: kind: unknown value 'embeder'; did you mean 'embedder'?")]
    [InlineData("embedder", "thresholds:", "threshold:", "card.yaml(18,1): error PS104: unknown key 'threshold'; did you mean 'thresholds'?")]
    [InlineData("embedder", "image.onnx", "images.onnx", "card.yaml(14,11): error PS109: sessions.image.file: found no file 'images.onnx' in ")]
    [InlineData("embedder", "size: [16, 16]", "size: [16]", "card.yaml(6,9): error PS107: picture.size: found a list of 1, expected a list of 2")]
    [InlineData("embedder", "kind: embedder", "kind: teacher", "card.yaml(2,7): error PS105: found no key 'prompt', expected it in the card of a teacher")]
    [InlineData("teacher", "eos: [2]", "eos: [2000]", "card.yaml(54,44): error PS107: generation.eos: found 2000, expected an id that the decoder's logits have")]
    [InlineData("teacher", "heads: 2", "heads: 4", "card.yaml(55,102): error PS108: cache.heads: found 4, expected 2, as past_key_values.0.key says")]
    [InlineData("teacher", "- visual: true", "- text: x", "card.yaml(49,5): error PS108: prompt.segments: found 0 segments with visual: true, expected one")]
    [InlineData("teacher", "title: {title}", "title: {titel}", "card.yaml(50,13): error PS104: prompt.segments[1].text: unknown field {titel}, expected one of {title}, {description}, {subtitles}, {instruction}, {frames}, {times}")]
    [InlineData("teacher", "sequence, 319]", "sequence, 300]", "card.yaml(45,19): error PS110: tokenizer.json: found ids up to 318, expected them below 300, the decoder's vocabulary")]
    [InlineData("matcher", "layout: btchw", "layout: nchw", "card.yaml(12,11): error PS108: picture.layout: found nchw with 4 frames, expected btchw or bcthw")]
    [InlineData("matcher", "expression: itm_softmax", "expression: magic", "unknown value 'magic', expected one of itm_softmax, itm_logit, itc")]
    [InlineData("embedder", "pixel_values: [batch, 3, 16, 16]", "pixel_values: [batch, 3, 32, 16]", "card.yaml(16,28): error PS108: sessions.image.inputs.pixel_values: found [batch, 3, 32, 16], expected [batch, 3, 16, 16], as picture and frames make it")]
    [InlineData("matcher", "threshold: 0.43", "threshold: 1.43", "card.yaml(30,45): error PS107: score.threshold: found 1.43, expected a number from 0 to 1, since scores are itm_softmax")]
    [InlineData("tagger", "run: tags,", "run: tgas,", "card.yaml(14,11): error PS104: stages[0].run: unknown session 'tgas'; did you mean 'tags'?")]
    [InlineData("tagger", "outputs: {scores: scores}", "outputs: {scores: scoers}", "sessions.tags.outputs: found no output 'scoers'")]
    public void A_mistake_is_told_with_its_place(string model, string from, string to, string expected)
    {
        var diagnostics = new List<Diagnostic>();
        Assert.Null(LoadedCard.TryLoad(TinyModels.Spoilt(model, from, to), diagnostics));
        Assert.Contains(diagnostics, diagnostic => diagnostic.ToString().Contains(expected));
    }

    [Theory]
    [InlineData("itm_logit", "-7.5", null)]
    [InlineData("itc", "-0.5", null)]
    [InlineData("itc", "-1.5", "expected a number from -1 to 1, since scores are itc")]
    [InlineData("itm_softmax", "-0.5", "expected a number from 0 to 1, since scores are itm_softmax")]
    public void A_threshold_lies_where_scores_can(string expression, string threshold, string? expected)
    {
        var diagnostics = new List<Diagnostic>();
        LoadedCard.TryLoad(TinyModels.Spoilt("matcher", "itm_softmax, threshold: 0.43", $"{expression}, threshold: {threshold}"), diagnostics);
        Assert.Equal(expected is null ? [] : [expected], diagnostics.Select(diagnostic => diagnostic.Message.Split(", ", 2)[1]));
    }

    [Fact]
    public void A_model_to_be_asked_that_is_not_there_is_told_where_it_is_named()
    {
        using var folder = new TemporaryFolder();
        ModelsFolder.Make(folder.Path, [], ["teacher", "second"], ["matcher"]);
        Directory.Move(TinyModels.Copy("tagger"), folder.File("tagger"));
        var card = folder.File("tagger", "card.yaml");
        File.WriteAllText(card, File.ReadAllText(card).Replace("ask: shared", "ask: second"));
        Assert.NotNull(LoadedCard.Load(card));
        File.WriteAllText(card, File.ReadAllText(card).Replace("ask: teacher", "ask: taecher").Replace("ask: second", "ask: nobody-such"));
        Assert.Equal(
            ["card.yaml(16,11): error PS104: stages[2].ask: unknown teacher 'taecher'; did you mean 'teacher'?",
             "card.yaml(17,11): error PS104: stages[3].ask: unknown teacher 'nobody-such', expected one of second, teacher"],
            Assert.Throws<ModelCardException>(() => LoadedCard.Load(card)).Diagnostics.Select(diagnostic => diagnostic.ToString()[(folder.File("tagger").Length + 1)..]));
    }

    [Fact]
    public void All_mistakes_of_a_card_are_told_at_once()
    {
        var card = TinyModels.Spoilt("teacher", "decoder.onnx", "decode.onnx");
        var copy = Path.GetDirectoryName(card)!;
        File.Delete(Path.Combine(copy, "tokenizer.json"));
        File.WriteAllBytes(Path.Combine(copy, "vision.onnx"), File.ReadAllBytes(Path.Combine(copy, "vision.onnx"))[..^100]);
        var error = Assert.Throws<ModelCardException>(() => LoadedCard.Load(card));
        Assert.Equal(3, error.Diagnostics.Count);
        Assert.Contains("sessions.vision.sha256: 'vision.onnx' (14650 bytes) has ", error.Message);
        Assert.Contains("tokenizer.file: found no file 'tokenizer.json'", error.Message);
        Assert.Contains("sessions.decoder.file: found no file 'decode.onnx'", error.Message);
    }

    [Theory]
    [InlineData("pixel_values: [batch, 3, 16, 16]", "pixel_values: [batch, 3, height, 16]", "found Float [batch, 3, 16, 16], expected Float [batch, 3, height, 16]")]
    [InlineData("embedding: [batch, 8]", "embedding: [batch, 8], attention: [batch]", "found no output 'attention' in image.onnx (it has embedding), expected one of Float [batch]")]
    public void Tensors_that_are_not_those_of_the_card_are_told(string from, string to, string expected)
    {
        var card = LoadedCard.Load(TinyModels.Spoilt("embedder", from, to));
        Assert.Contains(expected, Assert.Throws<ModelCardException>(() => new Embedder(card, ModelOptions.Default)).Message);
    }

    [Fact]
    public void A_tensor_that_the_card_does_not_name_is_told()
    {
        var card = LoadedCard.Load(TinyModels.Spoilt("teacher", "      position_ids: [batch, sequence]\n", ""));
        Assert.Contains("found input position_ids: Int64 [batch, sequence] in decoder.onnx, expected only those that the card names", Assert.Throws<ModelCardException>(() => new Teacher(card, ModelOptions.Default)).Message);
    }

    [Fact]
    public void A_truncated_model_without_a_hash_in_the_card_is_told_when_it_is_opened()
    {
        var copy = TinyModels.Copy("embedder");
        var card = Path.Combine(copy, "card.yaml");
        File.WriteAllLines(card, File.ReadAllLines(card).Where(line => !line.Contains("sha256")));
        File.WriteAllBytes(Path.Combine(copy, "image.onnx"), File.ReadAllBytes(Path.Combine(copy, "image.onnx"))[..9000]);
        var error = Assert.Throws<ModelCardException>(() => new Embedder(LoadedCard.Load(card), ModelOptions.Default));
        Assert.Contains($"card.yaml(14,11): error PS110: found 'image.onnx', which ONNX Runtime {NativeLibraries.OnnxRuntimeVersion} cannot open, expected an ONNX model: ", error.Message);
    }

    [Fact]
    public void A_card_of_another_kind_is_refused()
    {
        Assert.Contains("kind: found Embedder, expected Teacher", Assert.Throws<ModelCardException>(() => new Teacher(TinyModels.Card("embedder"), ModelOptions.Default)).Message);
        Assert.Contains("kind: found Teacher, expected Matcher", Assert.Throws<ModelCardException>(() => new Matcher(TinyModels.Card("teacher"), ModelOptions.Default)).Message);
    }

    [Fact]
    public void Cache_tensors_that_are_not_those_of_the_decoder_are_told()
    {
        var card = LoadedCard.Load(TinyModels.Spoilt("teacher", "present: \"present.{layer}", "present: \"presence.{layer}"));
        Assert.Contains("found no output 'presence.0.key' in decoder.onnx", Assert.Throws<ModelCardException>(() => new Teacher(card, ModelOptions.Default)).Message);
    }
}
