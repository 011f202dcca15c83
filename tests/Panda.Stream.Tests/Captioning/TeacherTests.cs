using Panda.Stream.Captioning;
using Panda.Stream.Models;
using Panda.Stream.Models.Pictures;
using Panda.Stream.Models.Tokenizers;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Captioning;

public class TeacherTests
{
    private static readonly Teacher Teacher = new(TinyModels.Card("teacher"), ModelOptions.Default);

    private static CaptionRequest Request(int seed, string title = "", params KeptFrame[] frames) =>
        new($"clip-{seed}", frames.Length > 0 ? frames : [TinyModels.Frame(seed)], 0, 30, title);

    [Fact]
    public void Generation_with_the_cache_equals_generation_without()
    {
        string[] titles = ["", "a red ball", "the camera falls in the forest", "", "x"];
        var requests = titles.Select((title, i) => Request(i, title)).ToArray();
        var captions = Teacher.Caption(requests);
        Assert.All(captions, candidate => Assert.Null(candidate.Error));
        Assert.Equal(requests.Select(WithoutCache), captions.Select(candidate => candidate.Caption));
        Assert.True(captions.Select(candidate => candidate.Caption).Distinct().Count() > 3);
        Assert.True(captions.Select(candidate => candidate.Caption.Length).Distinct().Count() > 1, "rows of one length prove nothing about rows that leave");
    }

    [Fact]
    public void A_caption_does_not_depend_on_the_rest_of_its_batch()
    {
        var requests = Enumerable.Range(0, 24).Select(i => Request(i, "the small metal cube ".Remove(i % 20))).ToArray();
        var together = Teacher.Caption(requests);
        for (var i = 0; i < requests.Length; i++)
            Assert.Equal(Teacher.Caption([requests[i]])[0], together[i]);
        Assert.Equal(together.Reverse(), Teacher.Caption([.. requests.Reverse()]));
    }

    [Fact]
    public void A_text_without_a_letter_or_digit_is_no_caption()
    {
        using var folder = new TemporaryFolder();
        ModelsFolder.Make(folder.Path, [], ["teacher"], []);
        var card = folder.File("teacher", "card.yaml");
        var said = Teacher.Caption([Request(1)])[0].Caption;
        File.WriteAllText(card, System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(card), "^post:.*$", $"post: [strip, full_stop, {{split_at: {System.Text.Json.JsonSerializer.Serialize(said)}, keep: last}}]", System.Text.RegularExpressions.RegexOptions.Multiline));
        using var silent = new Teacher(LoadedCard.Load(card), ModelOptions.Default);
        Assert.Equal("found an empty caption, expected words", silent.Caption([Request(1)])[0].Error);
    }

    [Fact]
    public void A_bad_request_gets_an_error_and_its_companions_their_captions()
    {
        var good = Request(1, "a red ball");
        var caption = Teacher.Caption([good])[0];
        var candidates = Teacher.Caption(
        [
            good,
            Request(2, "", TinyModels.Black()),                                  // numbers that are not numbers
            new CaptionRequest("empty", [], 0, 30),                              // no frames
            new CaptionRequest("torn", [new KeptFrame(3, 3, 40, 24, [1])], 0, 30), // too few bytes
            new CaptionRequest("none", good.Kept, 0, 0),                         // a clip of no length
            good,
        ]);
        Assert.Equal([caption, caption], [candidates[0], candidates[5]]);
        Assert.Equal("found NaN among the scores of token 1, expected finite numbers", candidates[1].Error);
        Assert.Equal("clip empty: found no kept frames, expected at least one", candidates[2].Error);
        Assert.StartsWith("frame 3: found 1 bytes", candidates[3].Error);
        Assert.NotNull(candidates[4].Error);
        Assert.All(candidates.Skip(1).Take(4), candidate => Assert.Equal(("tiny-teacher", "", null), (candidate.Teacher, candidate.Caption, candidate.Score)));
    }

    [Fact]
    public void A_number_that_is_none_spoils_its_row_alone()
    {
        // No exception here, so the whole batch runs at once.
        var candidates = Teacher.Caption([Request(1), Request(2, "", TinyModels.Black()), Request(3)]);
        Assert.Equal([Teacher.Caption([Request(1)])[0], Teacher.Caption([Request(3)])[0]], [candidates[0], candidates[2]]);
        Assert.NotNull(candidates[1].Error);
    }

    [Fact]
    public void The_title_is_part_of_the_prompt_and_is_cut_to_its_limit()
    {
        var plain = Teacher.Caption([Request(4)])[0].Caption;
        Assert.NotEqual(plain, Teacher.Caption([Request(4, "a red ball")])[0].Caption);
        Assert.Equal(plain, Teacher.Caption([Request(4, "  ")])[0].Caption);
        var endless = string.Concat(Enumerable.Repeat("zqj", 10_000)); // longer than the model has positions
        Assert.Null(Teacher.Caption([Request(4, endless)])[0].Error);
    }

    [Fact]
    public void No_requests_give_no_candidates() => Assert.Empty(Teacher.Caption([]));

    /// <summary>The plain loop: every token anew through the whole decoder, no padding, no cache.</summary>
    private static string WithoutCache(CaptionRequest request)
    {
        var card = TinyModels.Card("teacher").Card;
        using var vision = OnnxSession.Open(TinyModels.PathOf("teacher", "vision.onnx"));
        using var embed = OnnxSession.Open(TinyModels.PathOf("teacher", "embed_tokens.onnx"));
        using var decoder = OnnxSession.Open(TinyModels.PathOf("teacher", "decoder.onnx"));
        var tokenizer = Tokenizer.Load(TinyModels.PathOf("teacher", "tokenizer.json"));
        using var pixels = new PictureTensor(card.Picture!).Batch([request.Kept]);
        using var visual = vision.Run([new("pixel_values", pixels)], "visual_tokens")[0];
        var title = request.Title.Length == 0 ? [] : tokenizer.Encode($"\nThe title: {request.Title}\n").Take(24);
        float[] prompt = [.. Vectors([1]), .. visual.Data<float>(), .. Vectors([.. title, .. tokenizer.Encode("Caption:")])];

        var ids = new List<int>();
        while (ids.Count < 24)
        {
            float[] sequence = [.. prompt, .. Vectors(ids)];
            var length = sequence.Length / 16;
            using var input = Filled(sequence, 1, length, 16);
            using var mask = Filled(Enumerable.Repeat(1L, length), 1, length);
            using var positions = Filled(Enumerable.Range(0, length).Select(i => (long)i), 1, length);
            using var none = OnnxValue.Allocate<float>(1, 2, 0, 8);
            using var logits = decoder.Run(
                [new("inputs_embeds", input), new("attention_mask", mask), new("position_ids", positions), .. card.Cache!.PastNames.Select(name => new OnnxInput(name, none))], "logits")[0];
            var last = logits.Data<float>()[^(int)logits.Shape[2]..].ToArray();
            if (ids.Count < 2)
                last[2] = float.MinValue; // min_new
            var best = Array.IndexOf(last, last.Max());
            if (best == 2)
                break;
            ids.Add(best);
        }
        return tokenizer.Decode(ids).Trim();

        float[] Vectors(IReadOnlyList<int> tokens)
        {
            if (tokens.Count == 0)
                return [];
            using var input = Filled(tokens.Select(id => (long)id), 1, tokens.Count);
            using var output = embed.Run([new("input_ids", input)], "inputs_embeds")[0];
            return output.Data<float>().ToArray();
        }

        static OnnxValue Filled<T>(IEnumerable<T> values, params long[] shape) where T : unmanaged
        {
            var value = OnnxValue.Allocate<T>(shape);
            values.ToArray().CopyTo(value.Data<T>());
            return value;
        }
    }
}
