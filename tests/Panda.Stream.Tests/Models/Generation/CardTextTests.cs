using Panda.Stream.Models;
using Panda.Stream.Models.Generation;
using Panda.Stream.Tests.Cuda;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Models.Generation;

/// <summary>Texts whose keys, values, vectors and scores lie on a card, where the program cannot look.</summary>
public class CardTextTests
{
    private const string Written = "{max_new: 24, min_new: 2, eos: [2]}", Translated = "{max_new: 24, min_new: 2, eos: [2], start: 0, positions: none}";
    private const string Read = "{max_new: 24, min_new: 2, eos: [2], positions: none}";
    private const string Ends = "eos: [4, 7, 9, 33, 60, 150, 201, 250, 300]";

    [Theory]
    [InlineData("shared", "growing.yaml", Written, "{max_new: 24, " + Ends + "}")]
    [InlineData("shared", "growing.yaml", Written, "{max_new: 12, " + Ends + ", beams: 4}")]
    [InlineData("shared", "card.yaml", Written, "{max_new: 24, " + Ends + ", repetition: 1.2}")]
    [InlineData("translator", "card.yaml", Translated, "{max_new: 20, eos: [2], positions: none, start: 0}")]
    [InlineData("translator", "card.yaml", Translated, "{max_new: 12, " + Ends + ", beams: 3, positions: none, start: 0}")]
    [InlineData("reader", "card.yaml", Read, "{max_new: 12, " + Ends + ", positions: none, beams: 3, sample: true}")] // in 16 bits
    public void A_text_is_the_same_and_its_cache_stays_where_it_is_made(string folder, string file, string written, string rules)
    {
        var card = TinyModels.Variant(folder, file, written, rules);
        var expected = Write(card, ModelOptions.Default);
        Assert.True(expected.Distinct().Count() > 3);
        using var fake = new FakeDriver();
        var (there, device) = FakeCard.Open(fake);
        using (device)
        {
            Assert.Equal(expected, Write(card, new ModelOptions { Device = device }));
            Assert.True(there.Allocated > 0 && there.Copied > 0);
            // The prompts' vectors are put together by the program. Nothing else comes back, not even scores: tokens are picked there.
            Assert.Equal(0, there.Read);
        }
        Assert.Equal(0, fake.Live);
    }

    internal static string[] Write(LoadedCard card, ModelOptions options)
    {
        using var model = new LanguageModel(card, new SessionPool(options));
        var prompts = Enumerable.Range(0, 8).Select(i =>
        {
            int[] ids = [1, .. Enumerable.Range(0, 1 + i * 7 % 20).Select(j => 10 + (i * 31 + j * 17) % 300)];
            if (!model.ReadsVectors)
                return new GenerationPrompt([], ids, ids.Length, $"{i}");
            using var vectors = model.Vectors(ids, 1);
            return new GenerationPrompt(vectors.Data<float>().ToArray(), [], ids.Length, $"{i}");
        });
        return [.. new TextGenerator(model, new StopRule(model.Generation, card.Tokenizer)).Generate([.. prompts]).Select(text => text.Error ?? string.Join(' ', text.Ids))];
    }
}
