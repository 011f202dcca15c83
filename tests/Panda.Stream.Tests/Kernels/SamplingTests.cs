using Panda.Stream.Kernels;

namespace Panda.Stream.Tests.Kernels;

public class SamplingTests
{
    [Theory]
    [InlineData(1, 0.9, 1.0)]
    [InlineData(31, 1.0, 1.5)]
    [InlineData(1000, 0.5, 1.0)]
    [InlineData(8192, 0.9, 1.0)]
    [InlineData(5003, 0.0, 0.7)]
    public void Chosen_tokens_are_those_of_the_sorted_formula(int vocabulary, double topP, double temperature)
    {
        const int Rows = 8;
        var random = new Random(vocabulary);
        using var memory = new KernelMemory(random, backwards: vocabulary % 2 == 0);
        var stride = vocabulary + 5;
        var logits = Logits(random, Rows, vocabulary, stride);
        int[] banned = vocabulary > 2 ? [1, vocabulary - 1] : [];
        double[] randoms = [0, 0.999999999999, .. Enumerable.Range(2, Rows - 2).Select(_ => random.NextDouble())];
        var scale = LogitsArguments.ScaleOf(temperature);

        var chosen = memory.Room(Rows, -7);
        memory.Launch(new SampleTokensArguments(
            new(memory.Put(logits), memory.Put(banned), stride, Rows, vocabulary, banned.Length, scale), memory.Put(randoms), chosen, topP));
        Assert.Equal(Enumerable.Range(0, Rows).Select(row => Choose(Row(logits, row, stride, vocabulary, banned), scale, topP, randoms[row])),
            KernelMemory.Read<int>(chosen, Rows));
    }

    [Fact]
    public void Masses_are_probabilities()
    {
        var random = new Random(1);
        float[] row = [.. Enumerable.Range(0, 1000).Select(_ => (float)(20 * random.NextDouble() - 10))];
        var masses = Masses(row, LogitsArguments.ScaleOf(1));
        var (total, sum) = (row.Sum(logit => Math.Exp(logit)), masses.Sum(mass => (double)mass));
        for (var i = 0; i < row.Length; i++)
            Assert.Equal(Math.Exp(row[i]) / total, masses[i] / sum, 1e-7);
    }

    [Fact]
    public void Rows_that_hold_no_choice_say_so()
    {
        const int Vocabulary = 700;
        var random = new Random(2);
        using var memory = new KernelMemory(random);
        var logits = new float[4 * Vocabulary];
        logits[Vocabulary - 1] = float.NaN;
        logits[Vocabulary] = float.PositiveInfinity;
        logits.AsSpan(2 * Vocabulary, Vocabulary).Fill(float.NegativeInfinity);
        logits.AsSpan(3 * Vocabulary, Vocabulary).Fill(float.NegativeInfinity);
        logits[3 * Vocabulary + 5] = -3;
        var arguments = new LogitsArguments(memory.Put(logits), 0, Vocabulary, 4, Vocabulary, 0, LogitsArguments.ScaleOf(1));

        var chosen = memory.Room(4, -7);
        memory.Launch(new SampleTokensArguments(arguments, memory.Put(new double[] { 0, 0, 0, 0.5 }), chosen, 0.9));
        Assert.Equal([-1, -1, -1, 5], KernelMemory.Read<int>(chosen, 4));

        var (ids, scores) = (memory.Room(8, -7), memory.Room(8, double.NaN));
        memory.Launch(new BeamCandidatesArguments(arguments, memory.Put(new double[4]), ids, scores, 2));
        Assert.Equal([-1, -1, -1, -1, -1, -1, 5, 0], KernelMemory.Read<int>(ids, 8)); // of those without a chance the lowest

        var (beams, best, bestScores) = (memory.Room(4, -7), memory.Room(4, -7), memory.Room(4, double.NaN));
        memory.Launch(new BeamMergeArguments(ids, scores, beams, best, bestScores, 2, 2, 2));
        Assert.Equal([-1, -1, -1, -1], KernelMemory.Read<int>(best, 4));
    }

    [Theory]
    [InlineData(2, 5, 10, 6001)]
    [InlineData(3, 3, 32, 32)]
    [InlineData(1, 1, 1, 900)]
    public void Beams_go_on_as_by_the_sorted_formula(int items, int beams, int keep, int vocabulary)
    {
        var random = new Random(vocabulary);
        using var memory = new KernelMemory(random, backwards: items == 2);
        var (rows, scale) = (items * beams, LogitsArguments.ScaleOf(1));
        var logits = Logits(random, rows, vocabulary, vocabulary);
        double[] beamScores = [.. Enumerable.Range(0, rows).Select(_ => -10 * random.NextDouble())];

        var (ids, scores) = (memory.Room(rows * keep, -7), memory.Room(rows * keep, double.NaN));
        memory.Launch(new BeamCandidatesArguments(
            new(memory.Put(logits), 0, vocabulary, rows, vocabulary, 0, scale), memory.Put(beamScores), ids, scores, keep));
        var (foundIds, foundScores) = (KernelMemory.Read<int>(ids, rows * keep), KernelMemory.Read<double>(scores, rows * keep));
        for (var row = 0; row < rows; row++)
        {
            var values = Row(logits, row, vocabulary, vocabulary, []);
            var expected = Sorted(values).Take(keep).ToArray();
            Assert.Equal(expected, foundIds[(row * keep)..((row + 1) * keep)]);
            var largest = values.Max();
            var total = Math.Log(Masses(values, scale).Sum(mass => (double)mass) / (1L << 40));
            for (var i = 0; i < keep; i++)
            {
                Assert.Equal(beamScores[row] + ((double)values[expected[i]] - largest - total), foundScores[row * keep + i], 1e-12);
                Assert.Equal(beamScores[row] + Math.Log(Math.Exp((double)values[expected[i]] - largest) / values.Sum(value => Math.Exp((double)value - largest))), foundScores[row * keep + i], 1e-6);
            }
        }

        var (bestBeams, bestIds, bestScores) = (memory.Room(items * keep, -7), memory.Room(items * keep, -7), memory.Room(items * keep, double.NaN));
        memory.Launch(new BeamMergeArguments(ids, scores, bestBeams, bestIds, bestScores, items, beams, keep));
        var best = Enumerable.Range(0, items).SelectMany(item => Enumerable.Range(0, beams * keep)
            .Select(i => (Beam: i / keep, Id: foundIds[item * beams * keep + i], Score: foundScores[item * beams * keep + i]))
            .OrderByDescending(candidate => candidate.Score).Take(keep)).ToArray();
        Assert.Equal(best.Select(candidate => candidate.Beam), KernelMemory.Read<int>(bestBeams, items * keep));
        Assert.Equal(best.Select(candidate => candidate.Id), KernelMemory.Read<int>(bestIds, items * keep));
        Assert.Equal(best.Select(candidate => candidate.Score), KernelMemory.Read<double>(bestScores, items * keep));
    }

    // Some rows are smooth, some full of equal logits, some all equal.
    private static float[] Logits(Random random, int rows, int vocabulary, int stride)
    {
        var logits = new float[(rows - 1) * stride + vocabulary];
        for (var i = 0; i < logits.Length; i++)
            logits[i] = (i / stride % 4) switch
            {
                0 => (float)(12 * random.NextDouble() - 8),
                1 => random.Next(-6, 3),
                2 => 1.5f,
                _ => random.Next(50) == 0 ? (float)(30 * random.NextDouble()) : random.Next(3) == 0 ? float.NegativeInfinity : -3,
            };
        for (var row = 3; row < rows; row += 4)
            logits[row * stride] = 2; // at least one that counts
        return logits;
    }

    private static float[] Row(float[] logits, int row, int stride, int vocabulary, int[] banned)
    {
        var values = logits.AsSpan(row * stride, vocabulary).ToArray();
        foreach (var id in banned)
            values[id] = float.NegativeInfinity;
        return values;
    }

    private static IOrderedEnumerable<int> Sorted(float[] row) => Enumerable.Range(0, row.Length).OrderByDescending(id => row[id]).ThenBy(id => id);

    private static int Choose(float[] row, float scale, double topP, double random)
    {
        var masses = Masses(row, scale);
        var total = masses.Aggregate(0UL, (sum, mass) => sum + mass);
        var wanted = Math.Clamp((ulong)Math.Ceiling(topP * total), 1, total);
        var staying = new bool[row.Length];
        var kept = 0UL;
        foreach (var id in Sorted(row).TakeWhile(_ => kept < wanted))
        {
            staying[id] = true;
            kept += masses[id];
        }
        var target = Math.Min((ulong)(random * kept), kept - 1);
        var sum = 0UL;
        for (var id = 0; ; id++)
            if (staying[id] && (sum += masses[id]) > target)
                return id;
    }

    /// <summary>2^40 times each logit's share of the largest, with the kernel's own polynomial, so that sums are equal.</summary>
    private static ulong[] Masses(float[] row, float scale)
    {
        float[] series = [1.5403530e-4f, 1.3333558e-3f, 9.6181291e-3f, 5.5504109e-2f, 2.4022651e-1f, 6.9314718e-1f, 1];
        var largest = row.Max();
        return [.. row.Select(value =>
        {
            var power = (value - largest) * scale;
            if (power <= -60)
                return 0UL;
            var whole = MathF.Round(power, MidpointRounding.ToEven);
            return (ulong)(series.Aggregate(1.5252734e-5f, (sum, next) => MathF.FusedMultiplyAdd(sum, power - whole, next)) * MathF.ScaleB(1, (int)whole + 40));
        })];
    }
}
