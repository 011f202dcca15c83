using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Panda.Stream.Captioning;
using Panda.Stream.Models;
using Panda.Stream.Models.Generation;
using Panda.Stream.Models.Pictures;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Models.Generation;

/// <summary>What a clip gets does not depend on its companions in the batch, down to the last bit of the last score.</summary>
public sealed class BatchIndependenceTests(ITestOutputHelper output)
{
    private const int Steps = 9;

    public static TheoryData<string, string> Writers => new()
    {
        { "shared", "growing.yaml" }, { "shared", "card.yaml" }, { "translator", "card.yaml" }, { "reader", "card.yaml" },
        { "zoo", "mini-blip2-opt-a" }, { "zoo", "mini-blip2-t5" }, { "zoo", "mini-video-llama-finetune" }, { "zoo", "mini-minigpt4" },
    };

    [Theory, MemberData(nameof(Writers))]
    public void Scores_are_the_same_to_the_bit_alone_and_in_any_mix(string kind, string name)
    {
        foreach (var threads in new[] { 1, 2 })
        {
            var card = kind == "zoo" ? LoadedCard.Load(Repository.File($"models/{name}/card.yaml")) : TinyModels.Variant(kind, name);
            using var model = new LanguageModel(card, new SessionPool(new ModelOptions { IntraOpThreads = threads }));
            var prompts = Enumerable.Range(0, 11)
                .Select(i => TextGeneratorTests.Prompt(model, [1, .. Enumerable.Range(0, 5 + i * 5 % 27).Select(j => 10 + (i * 31 + j * 17) % 300)], $"{i}")).ToArray();
            var groups = prompts.GroupBy(prompt => model.PaddedLength(prompt.Length)).Select(group => group.ToArray()).ToArray();
            var alone = prompts.ToDictionary(prompt => prompt.Identity, prompt => Trace(model, [prompt])[prompt.Identity]);
            Assert.Equal(prompts.Length, alone.Values.Select(trace => trace[^1]).Distinct().Count());
            var random = new Random(5);
            foreach (var group in groups)
                for (var size = 2; size <= group.Length; size++)
                {
                    var mix = group.ToArray();
                    random.Shuffle(mix);
                    foreach (var (identity, trace) in Trace(model, mix[..size]))
                        Assert.Equal(alone[identity][..trace.Count], trace);
                }
        }
    }

    [Theory]
    [InlineData("mini-blip2-opt-a", "eye"), InlineData("mini-umt", "vision")]
    public void Vision_is_the_same_to_the_bit_for_two_clips_and_more(string name, string session)
    {
        var card = LoadedCard.Load(Repository.File($"models/{name}/card.yaml"));
        var pictures = new PictureTensor(card.Card.Picture!);
        var frames = Enumerable.Range(0, 9).Select(i => Enumerable.Range(0, card.Card.Frames!.Count).Select(t => TinyModels.Frame(i + t, t, 171, 96)).ToArray()).ToArray();
        foreach (var threads in new[] { 1, 2 })
        {
            using var vision = new SessionPool(new ModelOptions { IntraOpThreads = threads }).Open(card, session);
            var made = card.Card.Sessions[session].Outputs.Keys.First();
            string[] Run(int count)
            {
                using var pixels = pictures.Batch(frames[..count]);
                using var tokens = vision.Run([new("pixel_values", pixels)], made)[0];
                return [.. Enumerable.Range(0, count).Select(i => Hash(tokens.Data<float>().Slice(i * (tokens.Data<float>().Length / count), tokens.Data<float>().Length / count)))];
            }
            var all = Run(9);
            for (var count = 2; count < 9; count++)
                Assert.Equal(all[..count], Run(count));
            output.WriteLine($"{name}, {threads} threads: a clip alone {(Run(1)[0] == all[0] ? "is the same too" : "differs")}");
        }
    }

    [Fact]
    public void Rows_of_a_product_do_not_depend_on_their_number_once_there_are_enough()
    {
        using var product = OnnxSession.Open(TinyModels.PathOf("product", "product.onnx"));
        using var weights = OnnxValue.Allocate<float>(257, 300);
        var random = new Random(1);
        foreach (ref var weight in weights.Data<float>())
            weight = random.NextSingle() - 0.5f;
        var rows = Enumerable.Range(0, 33 * 257).Select(_ => random.NextSingle() - 0.5f).ToArray();
        string First(int count)
        {
            using var x = OnnxValue.Allocate<float>(count, 1, 257);
            rows[..(count * 257)].CopyTo(x.Data<float>());
            using var y = product.Run([new("x", x), new("weights", weights)], "y")[0];
            return Hash(y.Data<float>()[..300]);
        }
        Assert.All(Enumerable.Range(Decoding.LeastRows, 31), count => Assert.Equal(First(33), First(count)));
        output.WriteLine($"a single row {(First(1) == First(33) ? "is the same too" : "differs")}");
    }

    [Theory]
    [InlineData("teacher", "{max_new: 24, min_new: 2, eos: [2], sample: true, temperature: 2.0}")]
    [InlineData("teacher", "{max_new: 12, min_new: 2, eos: [2], beams: 3}")]
    [InlineData("teacher", "{max_new: 12, min_new: 2, eos: [2], beams: 3, sample: true, temperature: 1.5}")]
    public void Drawn_captions_do_not_depend_on_the_rest_of_the_batch(string model, string rules)
    {
        using var teacher = new Teacher(LoadedCard.Load(TinyModels.Spoilt(model, "{max_new: 24, min_new: 2, eos: [2]}", rules)), ModelOptions.Default);
        var requests = Enumerable.Range(0, 10).Select(i => new CaptionRequest($"clip-{i}", [TinyModels.Frame(i)], 0, 30, "the small metal cube ".Remove(i % 20))).ToArray();
        var together = teacher.Caption(requests);
        Assert.All(together, candidate => Assert.Null(candidate.Error));
        for (var i = 0; i < requests.Length; i++)
            Assert.Equal(teacher.Caption([requests[i]])[0], together[i]);
        Assert.Equal(together.Reverse(), teacher.Caption([.. requests.Reverse()]));
        if (rules.Contains("sample"))
            Assert.NotEqual(together[0].Caption, teacher.Caption([requests[0] with { ClipId = "another" }])[0].Caption);
    }

    /// <summary>The scores of every step; each row reads tokens of its own and leaves after a number of steps of its own.</summary>
    private static Dictionary<string, List<string>> Trace(LanguageModel model, GenerationPrompt[] prompts)
    {
        var traces = prompts.ToDictionary(prompt => prompt.Identity, _ => new List<string>());
        using var decoding = Decoding.Start(model, prompts);
        var live = prompts.ToList();
        for (var step = 0; live.Count > 0; step++)
        {
            for (var row = 0; row < live.Count; row++)
                traces[live[row].Identity].Add(Hash(decoding.Scores(row)));
            int[] staying = [.. Enumerable.Range(0, live.Count).Where(row => prompts.Length == 1 ? step < Steps : step < Steps - int.Parse(live[row].Identity) % 5)];
            if (staying.Length == 0)
                return traces;
            live = [.. staying.Select(row => live[row])];
            decoding.Continue(staying, [.. live.Select(prompt => 20 + (int.Parse(prompt.Identity) * 13 + step * 29) % 250)]);
        }
        return traces;
    }

    private static string Hash(ReadOnlySpan<float> scores) => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(scores)));
}
