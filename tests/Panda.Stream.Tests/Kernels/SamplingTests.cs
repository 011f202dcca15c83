using Panda.Stream.Kernels;

namespace Panda.Stream.Tests.Kernels;

/// <summary>The kernels against the plain formula, sorted, with the same whole numbers for probabilities; CudaTokenPickerTests holds them against the engine's own code.</summary>
public class SamplingTests
{
    private static readonly float Log2E = LogitsArguments.ScaleOf(1);

    [Theory]
    [InlineData(1, 0.9, 0, 1.0, 1.0f)]
    [InlineData(31, 1.0, 0, 1.5, 1.0f)]
    [InlineData(1000, 0.5, 0, 1.0, 1.3f)]
    [InlineData(8192, 0.9, 0, 1.0, 1.0f)]
    [InlineData(5003, 0.0, 0, 0.7, 0.8f)]
    [InlineData(5003, 1.0, 40, 1.0, 1.0f)]
    [InlineData(700, 0.8, 3, 1.2, 1.1f)]
    [InlineData(64, 0.95, 1, 1.0, 1.0f)]
    public void Chosen_tokens_are_those_of_the_sorted_formula(int vocabulary, double topP, int topK, double temperature, float repetition)
    {
        const int Rows = 8;
        var random = new Random(vocabulary + topK);
        using var memory = new KernelMemory(random, backwards: vocabulary % 2 == 0);
        var batch = new Batch(random, Rows, vocabulary, LogitsArguments.ScaleOf(temperature), repetition);
        double[] randoms = [0, 0.999999999999, .. Enumerable.Range(2, Rows - 2).Select(_ => random.NextDouble())];

        var chosen = memory.Room(Rows, -7);
        memory.Launch(new SampleTokensArguments(batch.Put(memory), memory.Put(randoms), chosen, topP, topK));
        Assert.Equal(Enumerable.Range(0, Rows).Select(row =>
        {
            var values = batch.Processed(row, normaliser: 0);
            var masses = Staying(values, batch.Scale, topP, topK, 1);
            return Draw(masses, randoms[row]);
        }), KernelMemory.Read<int>(chosen, Rows));
    }

    [Fact]
    public void Masses_are_probabilities()
    {
        var random = new Random(1);
        float[] row = [.. Enumerable.Range(0, 1000).Select(_ => (float)(20 * random.NextDouble() - 10))];
        var masses = Masses(row, Log2E);
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
        float[][] rows = [.. Enumerable.Range(0, 4).Select(_ => new float[Vocabulary])];
        rows[0][^1] = float.NaN;
        rows[1][0] = float.PositiveInfinity;
        rows[2].AsSpan().Fill(float.NegativeInfinity);
        rows[3].AsSpan().Fill(float.NegativeInfinity);
        rows[3][5] = -3;
        var logits = new LogitsArguments(memory.Put(Array.ConvertAll(rows, row => memory.Put(row))), 0, 0, 4, Vocabulary, 0, Log2E, 1);

        var chosen = memory.Room(4, -7);
        memory.Launch(new SampleTokensArguments(logits, memory.Put(new double[] { 0, 0, 0, 0.5 }), chosen, 0.9, 0));
        Assert.Equal([-1, -1, -1, 5], KernelMemory.Read<int>(chosen, 4));

        var (ids, scores) = (memory.Room(8, -7), memory.Room(8, double.NaN));
        memory.Launch(new BeamCandidatesArguments(logits, memory.Put(new double[4]), ids, scores, 2));
        Assert.Equal([-1, -1, -1, -1, -1, -1, 5, 0], KernelMemory.Read<int>(ids, 8)); // of those without a chance the lowest

        // Two items of one row, one of two; the second row alone can give one token.
        foreach (var draws in new[] { false, true })
        {
            var (beams, best, bestScores) = (memory.Room(6, -7), memory.Room(6, -7), memory.Room(6, double.NaN));
            var firstRows = memory.Put(new[] { 0, 2, 3, 4 });
            if (draws)
            {
                var kept = memory.Room(4 * BeamNucleusArguments.KeptBytes, (byte)7, 8);
                memory.Launch(new BeamNucleusArguments(logits, kept, 0.9, 0, 1));
                memory.Launch(new BeamDrawsArguments(logits, firstRows, kept, memory.Put(new double[4]), memory.Put(new double[6]), beams, best, bestScores, 1, 3, 2));
            }
            else
                memory.Launch(new BeamMergeArguments(firstRows, ids, scores, beams, best, bestScores, 3, 2));
            Assert.Equal([-1, -1, -1, -1, 5, draws ? -1 : 0], KernelMemory.Read<int>(best, 6));
            Assert.Equal([0, double.NegativeInfinity], KernelMemory.Read<double>(bestScores, 6)[4..]);
        }
    }

    [Theory]
    [InlineData(new[] { 5, 5 }, 10, 6001, 1.0f)]
    [InlineData(new[] { 3, 1, 2 }, 32, 32, 1.4f)]
    [InlineData(new[] { 1 }, 1, 900, 0.9f)]
    [InlineData(new[] { 2 }, 256, 3000, 1.0f)]
    public void Beams_go_on_as_by_the_sorted_formula(int[] items, int keep, int vocabulary, float repetition)
    {
        var random = new Random(vocabulary);
        using var memory = new KernelMemory(random, backwards: items.Length == 2);
        var batch = new Batch(random, items.Sum(), vocabulary, Log2E, repetition);
        var rows = batch.Rows.Length;
        double[] beamScores = [.. Enumerable.Range(0, rows).Select(_ => -10 * random.NextDouble())];

        var (ids, scores) = (memory.Room(rows * keep, -7), memory.Room(rows * keep, double.NaN));
        memory.Launch(new BeamCandidatesArguments(batch.Put(memory), memory.Put(beamScores), ids, scores, keep));
        var (foundIds, foundScores) = (KernelMemory.Read<int>(ids, rows * keep), KernelMemory.Read<double>(scores, rows * keep));
        for (var row = 0; row < rows; row++)
        {
            var normaliser = batch.Normaliser(row);
            var expected = Sorted(batch.Processed(row, (float)normaliser)).Take(keep).ToArray();
            Assert.Equal(expected, foundIds[(row * keep)..((row + 1) * keep)]);
            for (var i = 0; i < keep; i++)
                Assert.Equal(beamScores[row] + batch.LogProbability(row, expected[i], normaliser), foundScores[row * keep + i], 1e-12);
        }

        var (bestBeams, bestIds, bestScores) = (memory.Room(items.Length * keep, -7), memory.Room(items.Length * keep, -7), memory.Room(items.Length * keep, double.NaN));
        var firstRows = FirstRows(items);
        memory.Launch(new BeamMergeArguments(memory.Put(firstRows), ids, scores, bestBeams, bestIds, bestScores, items.Length, keep));
        var best = items.SelectMany((beams, item) => Enumerable.Range(0, beams * keep)
            .Select(i => (Beam: i / keep, Id: foundIds[firstRows[item] * keep + i], Score: foundScores[firstRows[item] * keep + i]))
            .OrderByDescending(candidate => candidate.Score).Take(keep)).ToArray();
        Assert.Equal(best.Select(candidate => candidate.Beam), KernelMemory.Read<int>(bestBeams, best.Length));
        Assert.Equal(best.Select(candidate => candidate.Id), KernelMemory.Read<int>(bestIds, best.Length));
        Assert.Equal(best.Select(candidate => candidate.Score), KernelMemory.Read<double>(bestScores, best.Length));
    }

    [Theory]
    [InlineData(new[] { 3, 3 }, 6, 3001, 0.9, 0, 1.5, 1.0f)]
    [InlineData(new[] { 1, 4, 2 }, 20, 50, 1.0, 12, 1.0, 1.2f)] // more than stay
    [InlineData(new[] { 100 }, 200, 333, 0.7, 0, 0.8, 1.0f)]
    public void Beams_are_drawn_as_by_the_sorted_formula(int[] items, int keep, int vocabulary, double topP, int topK, double temperature, float repetition)
    {
        const int Least = 3;
        var random = new Random(vocabulary);
        using var memory = new KernelMemory(random, backwards: items.Length == 2);
        var batch = new Batch(random, items.Sum(), vocabulary, LogitsArguments.ScaleOf(temperature), repetition);
        double[] beamScores = [.. Enumerable.Range(0, batch.Rows.Length).Select(_ => -3 * random.NextDouble())];
        double[] randoms = [.. Enumerable.Range(0, items.Length * keep).Select(_ => random.NextDouble())];
        var firstRows = FirstRows(items);

        var (logits, sums) = (batch.Put(memory), memory.Put(beamScores));
        var kept = memory.Room(batch.Rows.Length * BeamNucleusArguments.KeptBytes, (byte)7, 8);
        memory.Launch(new BeamNucleusArguments(logits, kept, topP, topK, Least));
        var count = items.Length * keep;
        var (bestBeams, bestIds, bestScores) = (memory.Room(count, -7), memory.Room(count, -7), memory.Room(count, double.NaN));
        memory.Launch(new BeamDrawsArguments(
            logits, memory.Put(firstRows), kept, sums, memory.Put(randoms), bestBeams, bestIds, bestScores, temperature, items.Length, keep));

        var (foundBeams, foundIds, foundScores) = (KernelMemory.Read<int>(bestBeams, count), KernelMemory.Read<int>(bestIds, count), KernelMemory.Read<double>(bestScores, count));
        for (var item = 0; item < items.Length; item++)
        {
            var rows = Enumerable.Range(firstRows[item], items[item]).Select(row =>
            {
                var normaliser = batch.Normaliser(row);
                var values = batch.Processed(row, (float)normaliser);
                return (Number: row, Normaliser: normaliser, Values: values, Best: beamScores[row] + (values.Max() - normaliser) / temperature);
            }).ToArray();
            var best = rows.Max(row => row.Best);
            ulong[] masses = [.. rows.SelectMany(row => Staying(row.Values, batch.Scale, topP, topK, Least, (float)((row.Best - best) * (1 / Math.Log(2)))))];
            var drawn = new List<(int Beam, int Id, double Score)>();
            while (drawn.Count < keep && masses.Any(mass => mass > 0))
            {
                var at = Draw(masses, randoms[item * keep + drawn.Count]);
                var (beam, id) = (at / vocabulary, at % vocabulary);
                drawn.Add((beam, id, beamScores[rows[beam].Number] + batch.LogProbability(rows[beam].Number, id, rows[beam].Normaliser) / temperature));
                masses[at] = 0;
            }
            var expected = drawn.OrderByDescending(one => one.Score).Concat(Enumerable.Repeat((Beam: -1, Id: -1, Score: double.NegativeInfinity), keep - drawn.Count)).ToArray();
            var own = (item * keep)..((item + 1) * keep);
            Assert.Equal(expected.Select(one => (one.Beam, one.Id)), foundBeams[own].Zip(foundIds[own]));
            Assert.All(expected.Zip(foundScores[own]), pair => Assert.True(pair.First.Score == pair.Second || Math.Abs(pair.First.Score - pair.Second) < 1e-12));
        }
    }

    private static int[] FirstRows(int[] items)
    {
        var firstRows = new int[items.Length + 1];
        for (var i = 0; i < items.Length; i++)
            firstRows[i + 1] = firstRows[i] + items[i];
        return firstRows;
    }

    private static IOrderedEnumerable<int> Sorted(float[] row) => Enumerable.Range(0, row.Length).OrderByDescending(id => row[id]).ThenBy(id => id);

    /// <summary>The masses of the tokens that stay, 0 of the others.</summary>
    private static ulong[] Staying(float[] row, float scale, double topP, int topK, int least, float offset = 0)
    {
        var masses = Masses(row, scale, offset: 0);
        var sorted = Sorted(row).ToArray();
        var staying = sorted.Length;
        if (topK > 0 && Math.Max(topK, least) < row.Length)
            staying = sorted.Count(id => row[id] >= row[sorted[Math.Max(topK, least) - 1]]);
        if (topP < 1)
        {
            var total = sorted.Take(staying).Aggregate(0UL, (sum, id) => sum + masses[id]);
            var wanted = Math.Clamp((ulong)Math.Ceiling(topP * total), 1, total);
            var reached = 0UL;
            staying = Math.Max(sorted.TakeWhile(id => reached < wanted && (reached += masses[id]) > 0).Count(), Math.Min(least, row.Length));
        }
        var among = sorted.Take(staying).ToHashSet();
        return [.. Masses(row, scale, offset).Select((mass, id) => among.Contains(id) ? mass : 0)];
    }

    private static int Draw(ulong[] masses, double random)
    {
        var total = masses.Aggregate(0UL, (sum, mass) => sum + mass);
        var target = Math.Min((ulong)(random * total), total - 1);
        var sum = 0UL;
        for (var i = 0; ; i++)
            if ((sum += masses[i]) > target)
                return i;
    }

    /// <summary>2^40 times each logit's share of the largest, with the kernel's own polynomial, so that sums are equal.</summary>
    private static ulong[] Masses(float[] row, float scale, float offset = 0)
    {
        float[] series = [1.5403530e-4f, 1.3333558e-3f, 9.6181291e-3f, 5.5504109e-2f, 2.4022651e-1f, 6.9314718e-1f, 1];
        var largest = row.Max();
        return [.. row.Select(value =>
        {
            var power = (value - largest) * scale + offset;
            if (!(power > -60))
                return 0UL;
            var whole = MathF.Round(power, MidpointRounding.ToEven);
            return (ulong)(series.Aggregate(1.5252734e-5f, (sum, next) => MathF.FusedMultiplyAdd(sum, power - whole, next)) * MathF.ScaleB(1, (int)whole + 40));
        })];
    }

    [Theory, InlineData(nameof(LogitsType.Float16)), InlineData(nameof(LogitsType.BFloat16))]
    public void Every_number_of_16_bits_is_read_as_it_is(string of16Bits)
    {
        var type = Enum.Parse<LogitsType>(of16Bits);
        const int Rows = 256, Vocabulary = 256;
        using var memory = new KernelMemory(new Random(3));
        // Neighbours, so that none is lost beside a far larger one.
        float[][] rows = [.. Enumerable.Range(0, Rows).Select(row => Enumerable.Range(0, Vocabulary).Select(i => (ushort)(row * Vocabulary + i))
            .Select(bits => type == LogitsType.Float16 ? (float)BitConverter.UInt16BitsToHalf(bits) : BitConverter.Int32BitsToSingle(bits << 16))
            .Select(value => float.IsFinite(value) ? value : 0).ToArray())];
        var logits = new LogitsArguments(memory.Put(Array.ConvertAll(rows, row => PutAs(memory, row, type))), 0, 0, Rows, Vocabulary, 0, Log2E, 1, type);
        var (ids, scores) = (memory.Room(Rows * Vocabulary, -7), memory.Room(Rows * Vocabulary, double.NaN));
        memory.Launch(new BeamCandidatesArguments(logits, memory.Put(new double[Rows]), ids, scores, Vocabulary));
        var (found, of) = (KernelMemory.Read<int>(ids, Rows * Vocabulary), KernelMemory.Read<double>(scores, Rows * Vocabulary));
        for (var row = 0; row < Rows; row++)
        {
            var order = found.AsSpan(row * Vocabulary, Vocabulary).ToArray();
            var values = rows[row];
            Assert.Equal(order.Select(id => (double)values[id]).Select((value, i) => value - values[order[0]]), of.Skip(row * Vocabulary).Take(Vocabulary).Select(score => score - of[row * Vocabulary]),
                (one, other) => Math.Abs(one - other) <= 1e-11 + 1e-14 * Math.Abs((double)values[order[0]]));
            Assert.Equal(Enumerable.Range(0, Vocabulary), order.Order());
        }
    }

    private static float Rounded(float value, LogitsType type) => type switch
    {
        LogitsType.Float16 => (float)(Half)value,
        LogitsType.BFloat16 => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) & ~0xffff),
        _ => value,
    };

    private static nint PutAs(KernelMemory memory, float[] row, LogitsType type) => type switch
    {
        LogitsType.Float16 => memory.Put(Array.ConvertAll(row, value => (Half)value)),
        LogitsType.BFloat16 => memory.Put(Array.ConvertAll(row, value => (ushort)(BitConverter.SingleToInt32Bits(value) >> 16))),
        _ => memory.Put(row),
    };

    /// <summary>Rows of scores, and the rules: two banned tokens, and some that each text has already.</summary>
    private sealed class Batch
    {
        private readonly int[] _banned;
        private readonly bool[][] _seen;
        private readonly float _repetition;
        private readonly LogitsType _type;

        public Batch(Random random, int rows, int vocabulary, float scale, float repetition)
        {
            (Scale, _repetition, _type) = (scale, repetition, (LogitsType)(vocabulary / 2 % 3));
            Rows = [.. Enumerable.Range(0, rows).Select(row => Array.ConvertAll(Logits(random, row, vocabulary), value => Rounded(value, _type)))];
            _banned = vocabulary > 2 ? [1, vocabulary - 1] : [];
            _seen = [.. Rows.Select(row => row.Select(_ => repetition != 1 && random.Next(5) == 0).ToArray())];
        }

        public float[][] Rows { get; }

        public float Scale { get; }

        public LogitsArguments Put(KernelMemory memory)
        {
            var words = LogitsArguments.SeenWords(Rows[0].Length);
            var seen = new uint[Rows.Length * words];
            for (var row = 0; row < Rows.Length; row++)
                for (var id = 0; id < Rows[row].Length; id++)
                    seen[row * words + id / 32] |= _seen[row][id] ? 1u << id % 32 : 0;
            return new(memory.Put(Array.ConvertAll(Rows, row => PutAs(memory, row, _type))), memory.Put(_banned), _repetition == 1 ? 0 : memory.Put(seen),
                Rows.Length, Rows[0].Length, _banned.Length, Scale, _repetition, _type);
        }

        /// <summary>The logarithm of the sum of a row's exponentials.</summary>
        public double Normaliser(int row)
        {
            var found = Rows[row].Max() + Math.Log(Masses(Rows[row], Log2E).Sum(mass => (double)mass) / (1L << 40));
            Assert.Equal(Math.Log(Rows[row].Sum(value => Math.Exp((double)value))), found, 1e-6);
            return found;
        }

        public float[] Processed(int row, float normaliser) => [.. Rows[row].Select((value, id) =>
            _banned.Contains(id) ? float.NegativeInfinity
            : !_seen[row][id] ? value
            : value - normaliser < 0 ? normaliser + (value - normaliser) * _repetition : normaliser + (value - normaliser) / _repetition)];

        public double LogProbability(int row, int id, double normaliser)
        {
            var score = Rows[row][id] - normaliser;
            return _banned.Contains(id) ? double.NegativeInfinity : !_seen[row][id] ? score : score < 0 ? score * _repetition : score / _repetition;
        }

        // Some rows are smooth, some full of equal logits, some all equal.
        private static float[] Logits(Random random, int row, int vocabulary)
        {
            float[] logits = [.. Enumerable.Range(0, vocabulary).Select(_ => (row % 4) switch
            {
                0 => (float)(12 * random.NextDouble() - 8),
                1 => random.Next(-6, 3),
                2 => 1.5f,
                _ => random.Next(50) == 0 ? (float)(30 * random.NextDouble()) : random.Next(3) == 0 ? float.NegativeInfinity : -3,
            })];
            if (row % 4 == 3)
                logits[0] = 2; // at least one that counts
            return logits;
        }
    }
}
