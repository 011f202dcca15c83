using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Panda.Stream.Models;
using Panda.Stream.Models.Devices;
using Panda.Stream.Models.Generation;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Models.Generation;

/// <summary>Texts whose keys, values and vectors lie where the program cannot look, as on a card: whatever reads them there fails.</summary>
public class FarMemoryTests
{
    private const string Written = "{max_new: 24, min_new: 2, eos: [2]}", Translated = "{max_new: 24, min_new: 2, eos: [2], start: 0, positions: none}";
    private const string Ends = "eos: [4, 7, 9, 33, 60, 150, 201, 250, 300]";

    [Theory]
    [InlineData("shared", "growing.yaml", Written, "{max_new: 24, " + Ends + "}")]
    [InlineData("shared", "growing.yaml", Written, "{max_new: 12, " + Ends + ", beams: 4}")]
    [InlineData("shared", "card.yaml", Written, "{max_new: 24, " + Ends + ", repetition: 1.2}")]
    [InlineData("translator", "card.yaml", Translated, "{max_new: 20, eos: [2], positions: none, start: 0}")]
    [InlineData("translator", "card.yaml", Translated, "{max_new: 12, " + Ends + ", beams: 3, positions: none, start: 0}")]
    public void A_text_is_the_same_and_its_cache_stays_where_it_is_made(string folder, string file, string written, string rules)
    {
        var card = TinyModels.Variant(folder, file, written, rules);
        var far = new FarMemory();
        var expected = Write(card, ModelOptions.Default);
        Assert.Equal(expected, Write(card, new ModelOptions { Device = new ModelDevice("cuda:0", 1, isExclusive: true) { Memory = far } }));
        Assert.True(expected.Distinct().Count() > 3);
        Assert.True(far.Allocated > 0 && far.Copied > 0);
        // The prompts' vectors are put together by the program; nothing else comes back.
        Assert.Equal(0, far.Read);
    }

    internal static string[] Write(LoadedCard card, ModelOptions options)
    {
        using var model = new LanguageModel(card, new SessionPool(options));
        var prompts = Enumerable.Range(0, 8).Select(i =>
        {
            int[] ids = [1, .. Enumerable.Range(0, 1 + i * 7 % 20).Select(j => 10 + (i * 31 + j * 17) % 300)];
            using var vectors = model.Vectors(ids, 1);
            return new GenerationPrompt(vectors.Data<float>().ToArray(), [], ids.Length, $"{i}");
        });
        return [.. new TextGenerator(model, new StopRule(model.Generation, card.Tokenizer)).Generate([.. prompts]).Select(text => text.Error ?? string.Join(' ', text.Ids))];
    }

    /// <summary>The machine's memory under another name: ONNX Runtime works in it, and the program may not look.</summary>
    private sealed unsafe class FarMemory : OnnxMemory
    {
        public int Allocated { get; private set; }
        public int Copied { get; private set; }
        public int Read { get; private set; }

        internal override OrtMemoryInfo Info => Host.Info;

        public override OnnxValue Allocate(TensorElementType type, params ReadOnlySpan<long> shape)
        {
            Allocated++;
            var there = OnnxValue.Allocate(type, shape);
            fixed (byte* data = there.Bytes())
                return OnnxValue.Over(this, data, there.ByteCount, there, type, shape);
        }

        public override void Wait()
        {
        }

        internal override void AppendProvider(SessionOptions options)
        {
        }

        internal override void Copy(void* from, void* to, long bytes)
        {
            Copied++;
            Host.Copy(from, to, bytes);
        }

        internal override void Clear(void* memory, long bytes) => Host.Clear(memory, bytes);

        internal override void ReadTo(void* from, Span<byte> to)
        {
            Read++;
            Host.ReadTo(from, to);
        }
    }
}
