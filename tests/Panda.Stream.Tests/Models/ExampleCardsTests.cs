using Panda.Stream.Config;
using Panda.Stream.Models;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Models;

/// <summary>The cards of the paper's models, whose files a user must supply.</summary>
public class ExampleCardsTests
{
    public static TheoryData<string> Cards => [.. Directory.GetDirectories(Repository.File("models/cards")).Select(folder => Path.GetFileName(folder)).Order()];

    [Theory, MemberData(nameof(Cards))]
    public void An_example_card_has_no_mistake_but_missing_files(string name)
    {
        var diagnostics = new List<Diagnostic>();
        LoadedCard.TryLoad(Repository.File($"models/cards/{name}/card.yaml"), diagnostics);
        Assert.NotEmpty(diagnostics);
        Assert.All(diagnostics, diagnostic => Assert.True(diagnostic.Code == DiagnosticCode.UnusablePath && diagnostic.Message.Contains(": found no file '"), diagnostic.ToString()));
    }

    [Fact]
    public void The_list_says_what_is_to_be_supplied_and_what_is_shared()
    {
        var models = ListedModel.Of(Repository.File("models/cards")).ToDictionary(model => model.Name);
        Assert.All(models.Values, model => Assert.Empty(model.Mistakes));
        Assert.All(models.Values, model => Assert.Equal(model.Name, model.Card!.Name));
        Assert.All(models.Values, model => Assert.True(new[] { "upstream", "commit", "licence", "weights", "export" }.All(model.Card!.Provenance.ContainsKey)));
        Assert.Equal(["minigpt4-7b", "panda70m-student", "video-llama-finetune", "video-llama-pretrain", "videochat-7b", "videochat-text"],
            models["minigpt4-7b"].SharedWith.Single(shared => shared.Id == "vicuna-7b-v0").Others.Append("minigpt4-7b").Order());
        Assert.Contains(models["umt-l16"].Files, file => file is { File: "fusion.onnx.data", Bytes: null });
        Assert.Equal("8 frames (arange), 224x224, metadata, subtitles", models["panda70m-student"].Reads);
        Assert.Equal("1 frame a second, at least 8 (fps), 384x384, metadata, subtitles, dense from grit, summary from flan-t5-summary", models["videochat-text"].Reads);
    }

    [Fact]
    public void The_list_finds_what_can_be_seen_without_opening_a_session()
    {
        using var folder = new TemporaryFolder();
        ModelsFolder.Make(folder.Path, ["embedder"], ["teacher"], ["matcher", "other"]);
        string CardOf(string name) => folder.File(name, "card.yaml");
        void Change(string name, string from, string to) => File.WriteAllText(CardOf(name), File.ReadAllText(CardOf(name)).Replace(from, to, StringComparison.Ordinal));
        Assert.All(ListedModel.Of(folder.Path), model => Assert.Empty(model.Mistakes));

        Change("embedder", "name: embedder", "name: someone");
        File.AppendAllText(folder.File("matcher", "text.onnx"), "x");
        Change("matcher", "  vision:\n", "  vision:\n    id: tower\n");
        Change("other", "  vision:\n", "  vision:\n    id: tower\n");
        Change("teacher", "  vision:\n", "  vision:\n    id: tower\n");
        File.Delete(folder.File("teacher", "tokenizer.json"));
        var models = ListedModel.Of(folder.Path).ToDictionary(model => model.Name, model => model.Mistakes.Select(mistake => mistake.ToString()).ToArray());

        Assert.Equal([$"{CardOf("embedder")}(1,7): error PS110: name: found 'someone', expected 'embedder', the name of its folder"], models["embedder"]);
        Assert.Equal($"{CardOf("matcher")}(15,9): error PS108: sessions.vision.id: found 'tower' for vision.onnx, which teacher has given to another file, vision.onnx; expected one file for one id", models["matcher"][0]);
        Assert.Contains($"{CardOf("matcher")}(22,13): error PS110: sessions.text.sha256: 'text.onnx' (", models["matcher"][1], StringComparison.Ordinal);
        Assert.Equal(2, models["matcher"].Length);
        Assert.Contains("which teacher has given", Assert.Single(models["other"]), StringComparison.Ordinal);
        Assert.Contains("which matcher has given", Assert.Single(models["teacher"]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_zoo_is_listed_with_its_files_and_sizes()
    {
        var models = ListedModel.Of(Repository.File("models")).ToDictionary(model => model.Name);
        Assert.All(models.Values, model => Assert.Empty(model.Mistakes));
        Assert.All(models["mini-blip2-t5"].Files, file => Assert.True(file.Bytes > 0));
        Assert.Equal(7, models["mini-blip2-t5"].Files.Count);
        Assert.Equal("1 frame (random_range), 112x64, metadata, subtitles", models["mini-minigpt4"].Reads);
    }
}
