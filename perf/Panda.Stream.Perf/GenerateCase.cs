using System.Globalization;
using System.Numerics.Tensors;
using Panda.Stream.Config;
using Panda.Stream.Models;
using Panda.Stream.Models.Generation;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Perf;

/// <summary>
/// What writing a text costs over the bare sessions, greedily, all rows to the same length:
///     bare:  a loop over Run with the same shapes: embed, decoder, the largest score of each row, its outputs as the next inputs
///     ours:  TextGenerator with its searches, stops and cache
/// Rounds are interleaved; both must write the same tokens.
/// </summary>
internal static class GenerateCase
{
    private const int Rounds = 11, TextsARound = 10, Tokens = 48, PromptTokens = 32;

    public static int Run(string[] arguments)
    {
        string[] models = arguments.Length > 0 ? arguments : ["mini-blip2-opt-a", "mini-video-llama-pretrain"];
        Console.WriteLine($"""
            {Environment.ProcessorCount} cores, 1 thread, {Tokens} tokens after a prompt of {PromptTokens}; medians of {Rounds} rounds of {TextsARound} batches

            | model | rows | bare, tokens/s | ours, tokens/s | ours of bare | by processor time |
            |---|---|---|---|---|---|
            """);
        foreach (var name in models)
        {
            var card = LoadedCard.Load(Path.Combine(PandaHome.Folder, "models", name, "card.yaml"));
            foreach (var rows in new[] { 2, 8, 16 })
                Compare(name, card, rows);
        }
        return 0;
    }

    private static void Compare(string name, LoadedCard card, int rows)
    {
        // A text that no token ends, so that both do the same work.
        var endless = card.With(card.Card with { Generation = card.Card.Generation! with { MaxNew = Tokens, MinNew = Tokens } });
        using var model = new LanguageModel(endless, new SessionPool(ModelOptions.Default));
        var generator = new TextGenerator(model, new StopRule(model.Generation, tokenizer: null));
        var prompts = Enumerable.Range(0, rows).Select(row =>
        {
            using var vectors = model.Vectors([.. Enumerable.Range(0, PromptTokens).Select(i => 10 + (row * 31 + i * 17) % 600)], 1);
            return new GenerationPrompt(vectors.Data<float>().ToArray(), [], PromptTokens, $"{row}");
        }).ToArray();
        List<Taken> bare = [], ours = [];
        for (var round = -1; round < Rounds; round++)
        {
            var (expected, bareTaken) = Measuring.TimeAsync(() => Task.FromResult(Again(() => Bare(model, prompts)))).Result;
            var (found, oursTaken) = Measuring.TimeAsync(() => Task.FromResult(Again(() => generator.Generate(prompts)))).Result;
            if (!expected.Zip(found).All(pair => pair.First.SequenceEqual(pair.Second.Ids)))
                throw new InvalidOperationException("the bare loop wrote other tokens");
            if (round < 0)
                continue; // warms up
            bare.Add(bareTaken);
            ours.Add(oursTaken);
        }
        double Speed(List<Taken> taken) => TextsARound * rows * Tokens / Measuring.Median(taken.Select(time => time.Seconds));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {rows} | {Speed(bare):0} | {Speed(ours):0} | {Measuring.Ratio(bare, ours):0.000} | {Measuring.Median(bare.Zip(ours, (one, other) => one.CpuSeconds / other.CpuSeconds)):0.000} |"));
    }

    private static T Again<T>(Func<T> work)
    {
        for (var i = 1; i < TextsARound; i++)
            work();
        return work();
    }

    private static List<int>[] Bare(LanguageModel model, GenerationPrompt[] prompts)
    {
        var (decoder, cache, rows) = (model.Decoder.Onnx, model.Cache, prompts.Length);
        var width = prompts[0].Vectors.Length / PromptTokens;
        var ids = Array.ConvertAll(prompts, _ => new List<int>());
        var input = OnnxValue.Allocate<float>(rows, PromptTokens, width);
        for (var i = 0; i < rows; i++)
            prompts[i].Vectors.CopyTo(input.Data<float>()[(i * PromptTokens * width)..]);
        OnnxValue[] past = [.. cache.PastNames.Select(_ => OnnxValue.Allocate<float>(rows, cache.Heads, 0, cache.HeadSize))];
        string[] outputs = ["logits", .. cache.PresentNames];
        for (var made = 0; made < Tokens; made++)
        {
            int columns = (int)input.Shape[1], total = PromptTokens + made;
            using var mask = OnnxValue.Allocate<long>(rows, total);
            mask.Data<long>().Fill(1);
            using var positions = OnnxValue.Allocate<long>(rows, columns);
            for (var i = 0; i < rows * columns; i++)
                positions.Data<long>()[i] = total - columns + i % columns;
            var results = decoder.Run([new("inputs_embeds", input), new("attention_mask", mask), new("position_ids", positions), .. cache.PastNames.Zip(past, (name, value) => new OnnxInput(name, value))], outputs);
            Array.ForEach(past, value => value.Dispose());
            past = results[1..];
            input.Dispose();
            var vocabulary = (int)results[0].Shape[2];
            for (var i = 0; i < rows; i++)
            {
                var scores = results[0].Data<float>().Slice(((i + 1) * columns - 1) * vocabulary, vocabulary);
                foreach (var end in model.Generation.Eos)
                    scores[end] = float.NegativeInfinity;
                ids[i].Add(TensorPrimitives.IndexOfMax<float>(scores));
            }
            results[0].Dispose();
            if (made == Tokens - 1)
                break;
            using var next = OnnxValue.Allocate<long>(rows, 1);
            for (var i = 0; i < rows; i++)
                next.Data<long>()[i] = ids[i][^1];
            input = model.Embed!.Onnx.Run([new("input_ids", next)], "inputs_embeds")[0];
        }
        Array.ForEach(past, value => value.Dispose());
        return ids;
    }
}
