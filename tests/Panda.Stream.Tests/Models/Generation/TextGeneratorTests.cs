using Panda.Stream.Models;
using Panda.Stream.Models.Generation;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Models.Generation;

public class TextGeneratorTests
{
    private const string Written = "{max_new: 24, min_new: 2, eos: [2]}";

    private static readonly int[][] Prompts = [[1, 70, 80], [1, 100], [1, 5, 200, 31, 90, 91, 92], [1], [1, 44, 45, 46, 47], [1, 310, 12, 9]];

    public static TheoryData<string> Rules =>
    [
        Written,
        "{max_new: 30, eos: [7, 33, 150, 201], repetition: 1.3}",
        "{max_new: 16, eos: [2], repetition: 0.8, min_new: 16}",
        "{max_new: 20, eos: [2, 50], sample: true}",
        "{max_new: 20, eos: [2, 50], sample: true, temperature: 0.4, top_k: 7, seed: 3}",
        "{max_new: 20, eos: [2, 50], sample: true, temperature: 1.7, top_p: 0.6, repetition: 1.2}",
        "{max_new: 12, eos: [2], beams: 4}",
        "{max_new: 12, eos: [4, 7, 9, 33, 60, 150, 201, 250, 300], beams: 5, min_new: 3}",
        "{max_new: 12, eos: [4, 7, 9, 33, 60, 150, 201, 250, 300], beams: 3, length_penalty: 0}",
        "{max_new: 12, eos: [4, 7, 9, 33, 60, 150, 201, 250, 300], beams: 3, length_penalty: 2.5, early_stopping: never}",
        "{max_new: 12, eos: [4, 7, 9, 33, 60, 150, 201, 250, 300], beams: 3, length_penalty: -1, early_stopping: first, repetition: 1.5}",
        "{max_new: 10, eos: [4, 7, 9, 33, 60, 150, 201, 250, 300], beams: 3, sample: true, temperature: 1.5, top_p: 0.9}",
        "{max_new: 10, eos: [7, 60], beams: 2, sample: true, top_k: 3}",
    ];

    [Theory, MemberData(nameof(Rules))]
    public void A_text_is_what_transformers_would_write(string rules)
    {
        var card = TinyModels.Variant("shared", "growing.yaml", Written, rules);
        using var model = new LanguageModel(card, new SessionPool(ModelOptions.Default));
        var generator = new TextGenerator(model, new StopRule(model.Generation, card.Tokenizer));
        var found = generator.Generate([.. Prompts.Select((ids, i) => Prompt(model, ids, $"clip {i}"))]);
        using var plain = new PlainDecoder();
        for (var i = 0; i < Prompts.Length; i++)
        {
            Assert.Null(found[i].Error);
            Assert.Equal(new PlainGeneration(ids => plain.Next(Prompts[i], ids), model.Generation, [], $"clip {i}").Generate(), found[i].Ids);
        }
        Assert.True(found.Select(text => string.Join(' ', text.Ids)).Distinct().Count() > 3);
    }

    [Fact]
    public void A_stop_sequence_ends_a_text_with_and_without_beams()
    {
        using var plain = new PlainDecoder();
        var greedy = new PlainGeneration(ids => plain.Next(Prompts[0], ids), new GenerationCard { MaxNew = 24, Eos = [2] }, [], "").Generate();
        foreach (var beams in new[] { 1, 3 })
        {
            var card = TinyModels.Variant("shared", "growing.yaml", Written, $"{{max_new: 24, eos: [2], beams: {beams}, stop_ids: [[{greedy[5]}, {greedy[6]}], [999]]}}");
            using var model = new LanguageModel(card, new SessionPool(ModelOptions.Default));
            var found = new TextGenerator(model, new StopRule(model.Generation, card.Tokenizer)).Generate([Prompt(model, Prompts[0], "c")])[0];
            Assert.Equal(new PlainGeneration(ids => plain.Next(Prompts[0], ids), model.Generation, [], "c").Generate(), found.Ids);
            if (beams == 1)
                Assert.Equal(greedy[..5], found.Ids);
        }
    }

    [Fact]
    public void A_shared_buffer_writes_what_a_growing_cache_writes()
    {
        // One model in two forms: rows of different lengths, which leave at different times and move up in the buffer.
        Assert.Equal(Write("growing.yaml"), Write("card.yaml"));

        static string[] Write(string file)
        {
            var card = TinyModels.Variant("shared", file, Written, "{max_new: 24, eos: [7, 33, 60, 150, 201, 250, 300], repetition: 1.2}");
            using var model = new LanguageModel(card, new SessionPool(ModelOptions.Default));
            var prompts = Enumerable.Range(0, 12).Select(i => Prompt(model, [1, .. Enumerable.Range(0, 1 + i * 7 % 50).Select(j => 10 + (i * 31 + j * 17) % 300)], $"{i}"));
            return [.. new TextGenerator(model, new StopRule(model.Generation, card.Tokenizer)).Generate([.. prompts]).Select(text => text.Error ?? string.Join(' ', text.Ids))];
        }
    }

    [Fact]
    public void A_prompt_that_is_too_long_for_its_buffer_is_refused()
    {
        var card = TinyModels.Variant("shared", "card.yaml", "length: 256", "length: 50");
        using var model = new LanguageModel(card, new SessionPool(ModelOptions.Default));
        var error = Assert.Throws<ArgumentException>(() => new TextGenerator(model, new StopRule(model.Generation, card.Tokenizer)).Generate([Prompt(model, [.. Enumerable.Repeat(9, 30)], "c")]));
        Assert.Equal("found a prompt of 32 tokens and max_new 24, expected at most cache.length, 50, together", error.Message);
    }

    [Theory]
    [InlineData("{max_new: 20, eos: [2], positions: none, start: 0}")]
    [InlineData("{max_new: 12, eos: [4, 7, 9, 33, 60, 150, 201, 250], beams: 3, positions: none, start: 0}")]
    public void An_encoder_decoder_writes_what_it_writes_without_a_cache(string rules)
    {
        var card = TinyModels.Variant("translator", "card.yaml", "{max_new: 24, min_new: 2, eos: [2], start: 0, positions: none}", rules);
        using var model = new LanguageModel(card, new SessionPool(ModelOptions.Default));
        var found = new TextGenerator(model, new StopRule(model.Generation, card.Tokenizer)).Generate([.. Prompts.Select((ids, i) => Prompt(model, ids, $"{i}"))]);
        using var plain = new PlainTranslator();
        for (var i = 0; i < Prompts.Length; i++)
            Assert.Equal(new PlainGeneration(ids => plain.Next(Prompts[i], ids), model.Generation, [], $"{i}").Generate(), found[i].Ids);
    }

    [Fact]
    public void A_model_that_reads_ids_counts_the_prompt_among_repeated_tokens()
    {
        var card = TinyModels.Variant("reader", "card.yaml", "{max_new: 24, min_new: 2, eos: [2], positions: none}", "{max_new: 12, eos: [2], positions: none, repetition: 1.5}");
        using var model = new LanguageModel(card, new SessionPool(ModelOptions.Default));
        var found = new TextGenerator(model, new StopRule(model.Generation, card.Tokenizer)).Generate([.. Prompts.Select((ids, i) => Prompt(model, ids, $"{i}"))]);
        using var plain = new PlainReader();
        for (var i = 0; i < Prompts.Length; i++)
            Assert.Equal(new PlainGeneration(ids => plain.Next(Prompts[i], ids), model.Generation, Prompts[i], $"{i}").Generate(), found[i].Ids);
    }

    internal static GenerationPrompt Prompt(LanguageModel model, int[] ids, string identity)
    {
        if (!model.ReadsVectors)
            return new([], ids, ids.Length, identity);
        using var vectors = model.Vectors(ids, 1);
        return new(vectors.Data<float>().ToArray(), [], ids.Length, identity);
    }

    private static OnnxValue Ids(IEnumerable<int> ids) => Filled(ids.Select(id => (long)id).ToArray(), 1, ids.Count());

    private static OnnxValue Filled<T>(T[] values, params long[] shape) where T : unmanaged
    {
        var value = OnnxValue.Allocate<T>(shape);
        values.CopyTo(value.Data<T>());
        return value;
    }

    /// <summary>Every token anew through the whole decoder.</summary>
    private sealed class PlainDecoder : IDisposable
    {
        private readonly OnnxSession _embed = OnnxSession.Open(TinyModels.PathOf("shared", "embed_tokens.onnx")), _decoder = OnnxSession.Open(TinyModels.PathOf("shared", "growing.onnx"));

        public float[] Next(int[] prompt, IReadOnlyList<int> ids)
        {
            int[] all = [.. prompt, .. ids];
            using var input = Ids(all);
            using var vectors = _embed.Run([new("input_ids", input)], "inputs_embeds")[0];
            using var mask = Filled(Enumerable.Repeat(1L, all.Length).ToArray(), 1, all.Length);
            using var positions = Ids(Enumerable.Range(0, all.Length));
            using var none = OnnxValue.Allocate<float>(1, 2, 0, 8);
            using var logits = _decoder.Run([new("inputs_embeds", vectors), new("attention_mask", mask), new("position_ids", positions),
                .. _decoder.Inputs.Where(name => name.Name.StartsWith("past")).Select(name => new OnnxInput(name.Name, none))], "logits")[0];
            return logits.Data<float>()[^319..].ToArray();
        }

        public void Dispose()
        {
            _embed.Dispose();
            _decoder.Dispose();
        }
    }

    private sealed class PlainTranslator : IDisposable
    {
        private readonly OnnxSession _embed = Open("embed_tokens"), _encoder = Open("encoder"), _decoder = Open("decoder");

        // The first pass of the exported decoder reads any number of tokens, but each sees the later ones: so the last pass of a
        // growing text is put together from passes with a past by hand.
        private readonly OnnxSession _step = Open("decoder_with_past");

        public float[] Next(int[] prompt, IReadOnlyList<int> ids)
        {
            using var input = Ids(prompt);
            using var vectors = _embed.Run([new("input_ids", input)], "inputs_embeds")[0];
            using var mask = Filled(Enumerable.Repeat(1L, prompt.Length).ToArray(), 1, prompt.Length);
            using var encoded = _encoder.Run([new("inputs_embeds", vectors), new("attention_mask", mask)], "last_hidden_state")[0];
            using var start = Ids([0]);
            string[] names = [.. _decoder.Outputs.Select(output => output.Name)];
            var made = _decoder.Run([new("input_ids", start), new("encoder_attention_mask", mask), new("encoder_hidden_states", encoded)], names).Zip(names).ToDictionary(one => one.Second, one => one.First);
            foreach (var id in ids)
            {
                using var token = Ids([id]);
                string[] later = [.. _step.Outputs.Select(output => output.Name)];
                var stepped = _step.Run([new("input_ids", token), new("encoder_attention_mask", mask),
                    .. made.Where(one => one.Key != "logits").Select(one => new OnnxInput(one.Key.Replace("present", "past_key_values"), one.Value))], later);
                for (var i = 0; i < later.Length; i++)
                    made[later[i]] = stepped[i];
            }
            return made["logits"].Data<float>()[^319..].ToArray();
        }

        public void Dispose()
        {
            foreach (var session in new[] { _embed, _encoder, _decoder, _step })
                session.Dispose();
        }

        private static OnnxSession Open(string name) => OnnxSession.Open(TinyModels.PathOf("translator", name + ".onnx"));
    }

    private sealed class PlainReader : IDisposable
    {
        private readonly OnnxSession _decoder = OnnxSession.Open(TinyModels.PathOf("reader", "decoder.onnx"));

        public float[] Next(int[] prompt, IReadOnlyList<int> ids)
        {
            int[] all = [.. prompt, .. ids];
            using var input = Ids(all);
            using var mask = Filled(Enumerable.Repeat(1L, all.Length).ToArray(), 1, all.Length);
            using var none = OnnxValue.Allocate<Half>(1, 2, 0, 8);
            using var logits = _decoder.Run([new("input_ids", input), new("attention_mask", mask),
                .. _decoder.Inputs.Where(name => name.Name.StartsWith("past")).Select(name => new OnnxInput(name.Name, none))], "logits")[0];
            return Array.ConvertAll(logits.Data<Half>()[^319..].ToArray(), score => (float)score);
        }

        public void Dispose() => _decoder.Dispose();
    }
}
