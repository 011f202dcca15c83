using Microsoft.ML.OnnxRuntime.Tensors;
using Panda.Stream.Models;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Models;

/// <summary>
/// Bit for bit: what a session gives for an item must not depend on the items beside it, nor on the threads. ONNX Runtime does not
/// promise it, so each session of the zoo that is run in batches is measured here; one that fails must be run item by item.
/// </summary>
public class SameResultsTests
{
    private static readonly int[] Threads = [1, 2, 5];
    private static readonly int[] Batches = [1, 2, 3, 8];

    // Tokens at once, and tokens before them: a prompt, and a step after it.
    private static readonly (int Sequence, int Past)[] Lengths = [(1, 33), (13, 0)];

    public static TheoryData<string, string> Batched => new()
    {
        { "mini-lpips", "features" },
        { "mini-blip2-opt-b", "eye" }, { "mini-blip2-opt-b", "qformer" }, { "mini-blip2-opt-b", "embed" }, { "mini-blip2-opt-b", "decoder" },
        { "mini-videochat-text", "eye" }, { "mini-videochat-text", "tagger" }, { "mini-videochat-text", "decoder" },
        { "mini-video-llama-pretrain", "qformer" }, { "mini-video-llama-pretrain", "video" }, { "mini-video-llama-pretrain", "decoder" },
    };

    [Theory, MemberData(nameof(Batched))]
    public void An_item_is_the_same_in_every_batch_and_with_any_threads(string model, string session)
    {
        var card = LoadedCard.Load(Repository.File($"models/{model}/card.yaml"));
        var alone = new Dictionary<(string, int), float[]>();
        foreach (var threads in Threads)
        {
            using var opened = card.Open(session, new ModelOptions { IntraOpThreads = threads });
            foreach (var length in Lengths)
            {
                foreach (var batch in Batches)
                {
                    foreach (var (output, values) in Middle(opened, batch, length))
                    {
                        if (!alone.TryAdd((output, length.Sequence), values))
                            Assert.True(alone[(output, length.Sequence)].AsSpan().SequenceEqual(values), $"{output} of {length} differs in a batch of {batch} with {threads} threads");
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("layout")]
    public void An_embedding_is_the_same_in_every_batch_and_with_any_threads(string model)
    {
        var card = LoadedCard.Load(Repository.File($"models/{model}/card.yaml"));
        float[]? alone = null;
        foreach (var threads in Threads)
        {
            using var embedder = new Embedder(card, new ModelOptions { IntraOpThreads = threads });
            foreach (var batch in Batches)
            {
                var values = embedder.Embed([.. Enumerable.Range(0, batch).Select(item => TinyModels.Frame(item == batch / 2 ? 77 : item))])[batch / 2];
                alone ??= values;
                Assert.True(alone.AsSpan().SequenceEqual(values), $"the embedding differs in a batch of {batch} with {threads} threads");
            }
        }
    }

    /// <summary>The outputs of the item in the middle of a batch, which is always the same one among others.</summary>
    private static List<(string Output, float[] Values)> Middle(OnnxSession session, int batch, (int Sequence, int Past) length)
    {
        var inputs = session.Inputs.Select(input => new OnnxInput(input.Name, Filled(input, batch, length))).ToArray();
        string[] names = [.. session.Outputs.Where(output => output.Shape[0].IsFree).Select(output => output.Name)];
        var outputs = session.Run(inputs, names);
        var found = new List<(string, float[])>();
        for (var i = 0; i < outputs.Length; i++)
        {
            var values = outputs[i].Data<float>();
            var each = values.Length / batch;
            found.Add((names[i], values.Slice(batch / 2 * each, each).ToArray()));
            outputs[i].Dispose();
        }
        Array.ForEach(inputs, input => input.Value.Dispose());
        return found;
    }

    private static OnnxValue Filled(TensorInfo info, int batch, (int Sequence, int Past) length)
    {
        long[] shape = [batch, .. info.Shape.Skip(1).Select(size => !size.IsFree ? size.Size : size.Symbol switch
        {
            "sequence" => length.Sequence, "past" => length.Past, "width" => 112, _ => length.Sequence + length.Past,
        })];
        var value = info.ElementType == TensorElementType.Float ? OnnxValue.Allocate<float>(shape) : OnnxValue.Allocate<long>(shape);
        var each = (int)shape.Skip(1).Aggregate(1L, (product, size) => product * size);
        for (var item = 0; item < batch; item++)
        {
            var random = new Random(item == batch / 2 ? 77 : item + 100 * batch);
            for (var i = 0; i < each; i++)
            {
                if (info.ElementType == TensorElementType.Float)
                    value.Data<float>()[item * each + i] = (float)(random.NextDouble() * 2 - 1);
                else
                    value.Data<long>()[item * each + i] = info.Name switch { "attention_mask" => 1, "position_ids" => length.Past + i, _ => random.Next(5, 300) };
            }
        }
        return value;
    }
}
