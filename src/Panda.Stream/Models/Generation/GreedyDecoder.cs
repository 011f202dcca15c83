using System.Numerics.Tensors;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models.Generation;

/// <summary>What became of one row: its new tokens without the one that ended it, or why there are none.</summary>
internal sealed record GeneratedTokens(IReadOnlyList<int> Ids, string? Error);

/// <summary>
/// Writes token after token, the likeliest each time, for a batch of prompts of different lengths at once. Prompts are padded on their left
/// and the padding is masked, so that all rows end at the same place; a row that has ended leaves the batch.
/// </summary>
internal sealed class GreedyDecoder(OnnxSession decoder, TokenEmbedding embedding, GenerationCard rules, CacheCard cacheCard)
{
    private readonly bool _wantsPositions = decoder.Inputs.Any(input => input.Name == "position_ids");
    private readonly string[] _outputs = ["logits", .. cacheCard.PresentNames];
    private readonly IReadOnlyList<string> _past = cacheCard.PastNames;

    private sealed record Row(int Number, int PromptLength, List<int> Ids);

    /// <param name="prompts">The vectors of each prompt's tokens, one after the other; no prompt is empty.</param>
    /// <param name="width">Numbers in one vector.</param>
    internal GeneratedTokens[] Generate(IReadOnlyList<float[]> prompts, int width)
    {
        var results = new GeneratedTokens[prompts.Count];
        List<Row> rows = [.. prompts.Select((prompt, i) => new Row(i, prompt.Length / width, []))];
        var longest = rows.Max(row => row.PromptLength);
        using var cache = KeyValueCache.Empty(cacheCard, rows.Count);
        var input = PadLeft(prompts, longest, width);
        try
        {
            for (var made = 0; ; made++)
            {
                using var logits = Step(input, cache, rows, longest, made);
                List<int> staying = [];
                List<int> next = [];
                for (var i = 0; i < rows.Count; i++)
                {
                    var row = rows[i];
                    var scores = LastScores(logits, i);
                    var token = Likeliest(scores, mayEnd: made >= rules.MinNew);
                    if (!float.IsFinite(scores[token]))
                        results[row.Number] = new([], $"found {scores[token]} among the scores of token {made + 1}, expected finite numbers");
                    else if (rules.Eos.Contains(token))
                        results[row.Number] = new(row.Ids, null);
                    else
                    {
                        row.Ids.Add(token);
                        if (row.Ids.Count < rules.MaxNew)
                        {
                            staying.Add(i);
                            next.Add(token);
                        }
                        else
                            results[row.Number] = new(row.Ids, null);
                    }
                }
                if (staying.Count == 0)
                    return results;
                if (staying.Count < rows.Count)
                {
                    cache.Keep(staying);
                    rows = [.. staying.Select(i => rows[i])];
                }
                input.Dispose();
                input = embedding.Embed([.. next], rows.Count);
            }
        }
        finally
        {
            input.Dispose();
        }
    }

    /// <summary>Runs the decoder once and lets the cache grow by what it read; gives the scores [rows, tokens, vocabulary].</summary>
    private OnnxValue Step(OnnxValue input, KeyValueCache cache, List<Row> rows, int longest, int made)
    {
        var length = (int)input.Shape[1];
        using var mask = OnnxValue.Allocate<long>(rows.Count, longest + made);
        using var positions = OnnxValue.Allocate<long>(rows.Count, length);
        for (var i = 0; i < rows.Count; i++)
        {
            var padding = longest - rows[i].PromptLength;
            var line = mask.Data<long>().Slice(i * (longest + made), longest + made);
            line[..padding].Clear();
            line[padding..].Fill(1);
            for (var j = 0; j < length; j++)
                positions.Data<long>()[i * length + j] = Math.Max(0, longest + made - length + j - padding);
        }

        var inputs = new List<OnnxInput> { new("inputs_embeds", input), new("attention_mask", mask) };
        if (_wantsPositions)
            inputs.Add(new("position_ids", positions));
        for (var i = 0; i < _past.Count; i++)
            inputs.Add(new(_past[i], cache.Values[i]));
        var outputs = decoder.Run([.. inputs], _outputs);
        cache.Replace(outputs.AsSpan(1));
        return outputs[0];
    }

    private static OnnxValue PadLeft(IReadOnlyList<float[]> prompts, int longest, int width)
    {
        var padded = OnnxValue.Allocate<float>(prompts.Count, longest, width);
        var values = padded.Data<float>();
        values.Clear();
        for (var i = 0; i < prompts.Count; i++)
            prompts[i].CopyTo(values[((i + 1) * longest * width - prompts[i].Length)..]);
        return padded;
    }

    /// <summary>The scores of a row's last token.</summary>
    private static Span<float> LastScores(OnnxValue logits, int row)
    {
        int length = (int)logits.Shape[1], vocabulary = (int)logits.Shape[2];
        return logits.Data<float>().Slice(((row + 1) * length - 1) * vocabulary, vocabulary);
    }

    /// <summary>The token with the largest score; one that is not a number counts as the largest, so that it is seen.</summary>
    private int Likeliest(Span<float> scores, bool mayEnd)
    {
        if (!mayEnd)
            foreach (var end in rules.Eos)
                scores[end] = float.NegativeInfinity;
        return TensorPrimitives.IndexOfMax<float>(scores);
    }
}
