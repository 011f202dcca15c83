using System.Globalization;

namespace Panda.Stream.Tests.Fuzz;

/// <summary>
/// Spoilt input of every kind against the real code: no hang, no crash, no memory beyond bounds, every case accounted for.
/// <c>PANDA_FUZZ=2000</c> says how many cases (few by default, always the same ones), <c>PANDA_FUZZ_SEED=7</c> which.
/// </summary>
public sealed class FuzzTests
{
    private static readonly int? Wanted = Number("PANDA_FUZZ");
    private static readonly int Seed = Number("PANDA_FUZZ_SEED") ?? 1;

    [Fact]
    public async Task Spoilt_videos_with_spoilt_text_beside_them()
    {
        var tally = new FuzzTally();
        using var fuzz = new VideoFuzz(tally);
        // Half of the videos have text beside them, the other half shows what the video alone does.
        var count = Part(0.4, 24);
        await fuzz.RunAsync(Cases(FuzzKind.Video, count), Cases(FuzzKind.Sidecar, (count + 1) / 2));
        Report(tally);
    }

    [Fact]
    public async Task Spoilt_models()
    {
        var tally = new FuzzTally();
        using var fuzz = new ModelFuzz(tally);
        await fuzz.RunAsync(Cases(FuzzKind.Onnx, Part(0.1, 10)));
        Report(tally);
    }

    [Theory, InlineData(FuzzKind.Sidecar), InlineData(FuzzKind.Yaml), InlineData(FuzzKind.Card), InlineData(FuzzKind.Tokenizer), InlineData(FuzzKind.Shard)]
    internal void Spoilt_texts_and_shards(FuzzKind kind)
    {
        var tally = new FuzzTally();
        using var fuzz = new TextFuzz(tally);
        fuzz.Run(Cases(kind, Part(kind == FuzzKind.Tokenizer ? 0.05 : 0.083, 40)));
        Report(tally);
    }

    [Fact]
    public void The_same_seed_makes_the_same_cases()
    {
        foreach (var kind in Enum.GetValues<FuzzKind>())
        {
            Assert.Equal(FuzzCases.Make(3, kind, 5).Mutation.Bytes, FuzzCases.Make(3, kind, 5).Mutation.Bytes);
            Assert.InRange(Cases(kind, 8).Select(made => $"{made.Mutation.What}{made.Source}").Distinct().Count(), 4, 8);
        }
    }

    // Made when they are used: some are large.
    private static IEnumerable<FuzzCase> Cases(FuzzKind kind, int count) => Enumerable.Range(0, count).Select(number => FuzzCases.Make(Seed, kind, number));

    private static int Part(double of, int otherwise) => Wanted is { } all ? Math.Max(1, (int)Math.Round(all * of)) : otherwise;

    private static void Report(FuzzTally tally)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{tally}");
        if (Wanted is not null)
            Console.Error.WriteLine(tally);
        Assert.True(tally.Findings.Count == 0, $"{tally}");
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
