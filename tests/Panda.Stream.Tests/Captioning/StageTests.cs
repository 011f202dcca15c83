using Panda.Stream.Captioning;
using Panda.Stream.Captioning.Stages;
using Panda.Stream.Models;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Captioning;

public class StageTests
{
    private static CaptionRequest Clip(int seed) =>
        new($"clip-{seed}", [.. Enumerable.Range(0, 12).Select(i => TinyModels.Frame(seed + i, 10 + 4 * i))], 10, 48, Title: "a red ball", FrameRate: 16);

    [Fact]
    public void A_teacher_may_be_a_graph_of_models_joined_by_texts()
    {
        // Tags of frames, captions of every second one and a summary go into the prompt of a model that reads text alone.
        var calls = new List<SessionCall>();
        using var teacher = new Teacher(TinyModels.Card("tagger"), new SessionPool(new ModelOptions { Called = calls.Add }));
        var clips = new[] { Clip(1), Clip(5), Clip(9) };
        var together = teacher.Caption(clips);
        Assert.All(together, candidate => Assert.Equal(("tiny-tagger", null), (candidate.Teacher, candidate.Error)));
        Assert.True(together.Select(candidate => candidate.Caption).Distinct().Count() > 1);
        Assert.Contains(calls, call => call.Session == "tags" && call.Inputs[0] == "pixel_values: Float [18, 3, 16, 16]"); // 3 clips of 3 s, 2 frames a second
        foreach (var (clip, candidate) in clips.Zip(together))
            Assert.Equal(candidate, teacher.Caption([clip])[0]);
    }

    [Fact]
    public void Tags_are_the_labels_whose_largest_score_is_above_the_threshold()
    {
        var clip = new ClipWork(Clip(1), [], new Dictionary<string, string>());
        using var scores = Panda.Stream.Native.OnnxRuntime.OnnxValue.Allocate<float>(1, 2, 3);
        new float[] { 0.7f, -9, 0.76f, -1, 2, 0.7f }.CopyTo(scores.Data<float>()); // a sigmoid of .68 lies at .7538
        new TagStage(new StageCard { Tags = "scores", Labels = "labels", Threshold = 0.68, Into = "tags" }, ["ball", "cube", "beach"])
            .Run([clip], new Dictionary<string, StageTensor> { ["scores"] = new(scores, null) });
        Assert.Equal("cube, beach", clip.Texts["tags"]);
        var error = Assert.Throws<ArgumentException>(() => new TagStage(new StageCard { Tags = "scores", Labels = "two.txt", Into = "tags" }, ["ball", "cube"])
            .Run([clip], new Dictionary<string, StageTensor> { ["scores"] = new(scores, null) }));
        Assert.Equal("scores: found scores of 3 labels, expected 2, as two.txt has lines", error.Message);
    }

    [Fact]
    public void Pictures_are_made_only_where_what_was_kept_with_the_clip_does_not_serve()
    {
        var card = TinyModels.Spoilt("teacher", "file: vision.onnx", "file: vision.onnx\n    id: tower");
        var pool = new SessionPool(ModelOptions.Default);
        using Teacher first = new(LoadedCard.Load(card), pool), second = new(LoadedCard.Load(card), pool);
        List<KeptFrame> kept = [.. Clip(1).Kept];
        var clip = Clip(1) with { Kept = kept };
        var expected = first.Caption([clip])[0];
        Assert.Null(expected.Error);
        for (var i = 0; i < kept.Count; i++)
            kept[i] = kept[i] with { Rgb = [] }; // of which nothing can be made any more
        Assert.Equal(expected, second.Caption([clip])[0]);
        Assert.Contains("found 0 bytes, expected 3 x", second.Caption([Clip(1) with { Kept = kept }])[0].Error);
    }

    [Fact]
    public void What_is_asked_and_fails_fails_the_clip_with_its_reason_alone()
    {
        using var teacher = new Teacher(TinyModels.Card("tagger"), ModelOptions.Default);
        var black = Clip(2) with { Kept = [TinyModels.Black(10)] };
        var candidates = teacher.Caption([Clip(1), black, Clip(3)]);
        Assert.Equal("dense, by tiny-teacher: found NaN among the scores of token 1, expected finite numbers", candidates[1].Error);
        Assert.Equal([teacher.Caption([Clip(1)])[0], teacher.Caption([Clip(3)])[0]], [candidates[0], candidates[2]]);
        Assert.Equal("clip clip-1: found no frame rate, expected one for frames by the second", teacher.Caption([Clip(1) with { FrameRate = 0 }])[0].Error);
    }

    [Fact]
    public void A_model_that_asks_itself_is_refused()
    {
        var copy = TinyModels.Copy("reader");
        var name = Path.GetFileName(copy);
        var card = Path.Combine(copy, "card.yaml");
        File.WriteAllText(card, File.ReadAllText(card).Replace("sessions:", $"stages: [{{ask: {name}, into: echo}}]\nsessions:"));
        Assert.Contains($"stages[0].ask: found '{name}', which asks this model in its turn", Assert.Throws<ModelCardException>(() => new Teacher(LoadedCard.Load(card), ModelOptions.Default)).Message);
    }

    [Theory]
    [InlineData("ask: ../teacher, into: dense", "stages[2].ask: found '../teacher', expected the name of a folder beside this card's")]
    [InlineData("ask: shared, into: tags", "stages[3]: found into: 'tags', expected a name of its own")]
    [InlineData("{tags: scores,", "card.yaml(15,12): error PS104: stages[1].tags: unknown tensor 'scroes'; did you mean 'scores'?")]
    public void Mistakes_of_stages_are_told_with_their_place(string to, string expected)
    {
        var card = TinyModels.Spoilt("tagger", to.StartsWith('{') ? to : to.Contains("..", StringComparison.Ordinal) ? "ask: teacher, each: frame, every: 2, into: dense" : "ask: shared, into: summary", to.StartsWith('{') ? "{tags: scroes," : to);
        Assert.Contains(expected, Assert.Throws<ModelCardException>(() => LoadedCard.Load(card)).Message);
    }

    [Fact]
    public void A_shared_session_is_opened_once_and_runs_once_for_a_clip()
    {
        var calls = new List<SessionCall>();
        var pool = new SessionPool(new ModelOptions { Called = calls.Add });
        LoadedCard Sharing(string generation) => LoadedCard.Load(Respelt(TinyModels.Spoilt("teacher", "{max_new: 24, min_new: 2, eos: [2]}", generation)));
        using var one = new Teacher(Sharing("{max_new: 24, min_new: 2, eos: [2]}"), pool);
        using var other = new Teacher(Sharing("{max_new: 20, min_new: 2, eos: [2], beams: 2}"), pool);
        using var alone = new Teacher(LoadedCard.Load(TinyModels.Spoilt("teacher", "{max_new: 24, min_new: 2, eos: [2]}", "{max_new: 20, min_new: 2, eos: [2], beams: 2}")), ModelOptions.Default);
        var clips = new[] { Clip(1), Clip(2), Clip(3), Clip(4) };
        one.Caption(clips[..3]);
        var captions = other.Caption(clips[1..]);
        Assert.Equal(alone.Caption(clips[1..]).Select(candidate => candidate.Caption), captions.Select(candidate => candidate.Caption));
        // Three clips for the first teacher; of the second's, the fourth alone, which brings a copy of itself.
        Assert.Equal(["pixel_values: Float [3, 3, 16, 16]", "pixel_values: Float [2, 3, 16, 16]"], calls.Where(call => call.Session == "vision").Select(call => call.Inputs[0]));
        Assert.All(clips, clip => Assert.Equal(1, clip.Memo.Count));

        static string Respelt(string card)
        {
            File.WriteAllText(card, File.ReadAllText(card).Replace("  vision:\n", "  vision:\n    id: tower\n"));
            return card;
        }
    }

    [Fact]
    public async Task Two_teachers_at_once_share_what_either_makes()
    {
        var pool = new SessionPool(ModelOptions.Default);
        var card = TinyModels.Spoilt("teacher", "  vision:\n", "  vision:\n    id: tower\n");
        using var one = new Teacher(LoadedCard.Load(card), pool);
        using var other = new Teacher(LoadedCard.Load(card), pool);
        var clips = Enumerable.Range(0, 40).Select(Clip).ToArray();
        var both = await Task.WhenAll(Task.Run(() => clips.Chunk(7).SelectMany(one.Caption).ToList()), Task.Run(() => clips.Reverse().Chunk(6).SelectMany(other.Caption).ToList()));
        Assert.Equal(both[0], Enumerable.Reverse(both[1]));
        Assert.All(clips, clip => Assert.Equal(1, clip.Memo.Count));
    }

    [Fact]
    public void One_id_for_two_files_is_refused()
    {
        var pool = new SessionPool(ModelOptions.Default);
        using var one = new Teacher(LoadedCard.Load(TinyModels.Spoilt("teacher", "  vision:\n", "  vision:\n    id: tower\n")), pool);
        var other = LoadedCard.Load(TinyModels.Spoilt("matcher", "  vision:\n", "  vision:\n    id: tower\n"));
        Assert.Contains("sessions.vision.id: found 'tower' for ", Assert.Throws<ModelCardException>(() => new Panda.Stream.Selection.Matcher(other, pool)).Message);
    }

    [Fact]
    public void A_text_may_go_into_a_stage_as_token_ids_and_a_tensor_into_any_slot()
    {
        // The embedding of the text's tokens stands for what a text Q-Former would make of them.
        var card = TinyModels.Spoilt("teacher", "tokenizer: {file", "stages:\n  - {run: vision, inputs: {pixel_values: frames}, outputs: {visual_tokens: visual_tokens}}\n"
            + "  - {run: embed, inputs: {input_ids: text_ids}, outputs: {text_tokens: inputs_embeds}}\ntext: {text: \"{title}\", max_tokens: 4, cut: left}\ntokenizer: {file");
        File.WriteAllText(card, File.ReadAllText(card).Replace("    - visual: true\n", "    - slot: text_tokens\n    - visual: true\n"));
        using var teacher = new Teacher(LoadedCard.Load(card), ModelOptions.Default);
        var captions = new[] { "", "x", "the small metal cube" }.Select(title => teacher.Caption([Clip(1) with { Title = title }])[0]).ToArray();
        Assert.All(captions, candidate => Assert.Null(candidate.Error));
        Assert.Equal(3, captions.Select(candidate => candidate.Caption).Distinct().Count());
    }
}
