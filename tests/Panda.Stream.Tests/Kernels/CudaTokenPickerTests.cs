using Panda.Stream.Kernels;
using Panda.Stream.Models.Generation;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Tests.Cuda;

namespace Panda.Stream.Tests.Kernels;

/// <summary>Whole texts, with every rule of generation: the card's picks beside those of the processor.</summary>
public class CudaTokenPickerTests
{
    private const int Vocabulary = 307, Texts = 4;

    private static readonly GenerationCard Card = new() { MaxNew = 7, Eos = [2] };
    private static readonly GenerationCard Beams = Card with { Beams = 3, Eos = [4, 7, 150] }, Sampled = Card with { Sample = true };

    private static readonly Dictionary<string, GenerationCard> Rules = new()
    {
        ["greedy"] = Card,
        ["greedy, penalised, not too short"] = Card with { Repetition = 1.3f, MinNew = 4, Eos = [2, 9] },
        ["sampled"] = Sampled,
        ["sampled, colder, top-k"] = Sampled with { Temperature = 0.4f, TopK = 7 },
        ["sampled, hotter, top-p, rewarded"] = Sampled with { Temperature = 1.7f, TopP = 0.6f, Repetition = 0.8f },
        ["sampled, top-k, top-p, penalised, not too short"] = Sampled with { TopK = 20, TopP = 0.9f, Repetition = 1.2f, MinNew = 3 },
        ["beams"] = Beams,
        ["beams, penalised, not too short"] = Beams with { Beams = 5, Repetition = 1.5f, MinNew = 3, LengthPenalty = -1, EarlyStopping = EarlyStopping.First },
        ["beams, sampled"] = Beams with { Sample = true },
        ["beams, sampled as the student"] = Beams with { Sample = true, Temperature = 1.5f, TopP = 0.9f },
        ["beams, sampled, few left"] = Beams with { Sample = true, TopK = 1, TopP = 0.1f, Repetition = 1.4f, MinNew = 2 },
        ["beams that end by a sequence, so that they become fewer"] = Beams with { Eos = [4], MinNew = 1, StopIds = [.. Enumerable.Range(0, Vocabulary).Where(id => id % 2 == 0).Select(id => new[] { id })], LengthPenalty = 3 },
    };

    public static TheoryData<string> RuleNames => [.. Rules.Keys];

    [Theory, MemberData(nameof(RuleNames))]
    public void Texts_are_those_of_the_processor(string name)
    {
        var card = Rules[name];
        var host = new TokenPicker(card);
        var expected = Write(card, (questions, rows) => host.Pick(questions, row => rows[row]));
        using var fake = new FakeDriver();
        using (var context = CudaTests.Context(fake))
        using (var stream = context.CreateStream())
        using (var work = new CudaWork(stream))
        {
            var onCard = new CudaTokenPicker(work, card);
            var picker = new TokenPicker(card, onCard);
            // The scores are not brought back.
            var found = Write(card, (questions, rows) => OnCard(work, rows, scores => picker.Pick(questions, _ => throw new InvalidOperationException(), scores)));
            for (var i = 0; i < Texts; i++)
            {
                Assert.Null(expected[i].Error);
                Assert.Equal(expected[i].Ids, found[i].Ids);
                Assert.Equal(expected[i].Score, found[i].Score, 1e-4);
            }
            Assert.True(found.DistinctBy(text => string.Join(' ', text.Ids)).Count() > 1);
        }
        Assert.Equal(0, fake.Live);
    }

    [Theory, InlineData(1, false), InlineData(3, false), InlineData(3, true)]
    public void A_row_without_numbers_fails_its_text_alone(int beams, bool sample)
    {
        var card = Card with { Beams = beams, Sample = sample };
        using var fake = new FakeDriver();
        using var context = CudaTests.Context(fake);
        using var stream = context.CreateStream();
        using var work = new CudaWork(stream);
        var picker = new CudaTokenPicker(work, card);
        var answers = OnCard(work, [Scores(0, []), [.. Enumerable.Repeat(float.NaN, Vocabulary)], Scores(2, [])], scores => picker.Pick([.. Enumerable.Range(0, 3).Select(Question)], scores));
        Assert.Equal([null, "found one that is no finite number, or none that is, among the scores of token 1, expected finite numbers", null], answers.Select(answer => answer.Error));
        Assert.Equal([beams == 1 ? 1 : card.Candidates, 0, beams == 1 ? 1 : card.Candidates], answers.Select(answer => answer.Candidates.Count));
    }

    [Fact]
    public void Tokens_are_picked_where_the_scores_lie()
    {
        using var fake = new FakeDriver();
        using var context = CudaTests.Context(fake);
        using var stream = context.CreateStream();
        using var work = new CudaWork(stream);
        float[] row = Scores(0, []);
        foreach (var card in new[] { Card, Card with { Beams = 100, Eos = [.. Enumerable.Range(0, 9)] } }) // the second is more than the kernels have room for
        {
            var onCard = new CudaTokenPicker(work, card);
            var picker = new TokenPicker(card, onCard);
            fake.Fail("kernel", 700);
            Assert.NotEmpty(picker.Pick([Question(0)], _ => row)[0].Candidates); // in the machine's memory
            if (card == Card)
                continue;
            Assert.False(CudaTokenPicker.Takes(card, Vocabulary));
            Assert.NotEmpty(OnCard(work, [row], scores => picker.Pick([Question(0)], _ => row, scores))[0].Candidates);
        }
    }

    [Theory, InlineData("kernel", 700, true), InlineData("cuMemAlloc_v2", 2, false), InlineData("cuMemcpyHtoDAsync_v2", 1, false), InlineData("cuModuleLoadDataEx", 218, false)]
    public void A_failure_is_told_and_leaves_nothing_behind(string call, int error, bool isLost)
    {
        using var fake = new FakeDriver();
        using (var context = CudaTests.Context(fake))
        using (var stream = context.CreateStream())
        using (var work = new CudaWork(stream))
            OnCard(work, [Scores(0, [])], scores =>
            {
                var picker = new CudaTokenPicker(work, Beams);
                fake.Fail(call, error);
                var thrown = Assert.Throws<CudaException>(() => picker.Pick([Question(0)], scores));
                Assert.Equal((error, isLost), (thrown.Code, thrown.IsDeviceLost));
                return isLost ? [] : picker.Pick([Question(0)], scores); // the same again goes well
            });
        if (!isLost)
            Assert.Equal(0, fake.Live);
    }

    private static TokenQuestion Question(int text) => new([], [new(0, [])], new($"{text}"));

    private static GeneratedTokens[] Write(GenerationCard card, Func<IReadOnlyList<TokenQuestion>, float[][], TokenAnswer[]> pick)
    {
        var searches = Enumerable.Range(0, Texts).Select(i => (Number: i, Search: TokenSearch.Of(card, new StopRule(card, tokenizer: null), [5, 6, 300], $"text {i}"))).ToArray();
        for (var live = searches; live.Length > 0;)
        {
            var questions = live.Select(one => one.Search.Question).ToArray();
            var answers = pick(questions, [.. live.Zip(questions).SelectMany(one => one.Second.Rows.Select(row => Scores(one.First.Number, row.Ids)))]);
            live = [.. live.Where((one, i) => one.Search.Advance(answers[i]).Count > 0)];
        }
        return Array.ConvertAll(searches, one => one.Search.Result!);
    }

    // What a model would say: another row for every text and what it has so far.
    private static float[] Scores(int text, IEnumerable<int> ids)
    {
        var random = new Random(ids.Aggregate(text, (hash, id) => unchecked(31 * hash + id + 1)));
        return [.. Enumerable.Range(0, Vocabulary).Select(_ => (float)(8 * random.NextDouble() - 4))];
    }

    private static TokenAnswer[] OnCard(CudaWork work, float[][] rows, Func<CardScores, TokenAnswer[]> pick)
    {
        var there = Array.ConvertAll(rows, row => work.Put<float>(row));
        try
        {
            return pick(new(row => there[row].Block.Pointer, Vocabulary));
        }
        finally
        {
            Array.ForEach(there, row => row.Dispose());
        }
    }
}
