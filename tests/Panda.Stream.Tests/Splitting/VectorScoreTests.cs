using Panda.Stream.Splitting;
using Panda.Stream.Vectors;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Splitting;

/// <summary>The vector code of the content score against its plain specification, in every width of vector.</summary>
public class VectorScoreTests
{
    public static TheoryData<int, int, int> Sizes => new()
    {
        { 1, 1, 0 }, { 2, 2, 90 }, { 3, 1, 180 }, { 31, 2, 0 }, { 32, 4, 0 }, { 33, 4, 270 },       // fewer pixels than a vector has
        { 255, 6, 0 }, { 256, 4, 0 }, { 320, 180, 0 }, { 511, 8, 0 },                               // as they are
        { 512, 20, 0 }, { 516, 22, 0 }, { 640, 360, 0 }, { 640, 360, 180 }, { 642, 22, 0 },         // exactly half
        { 641, 22, 0 }, { 643, 22, 0 }, { 513, 10, 0 }, { 4, 640, 90 },                             // nearly half
        { 768, 30, 0 }, { 854, 48, 0 }, { 1024, 64, 0 }, { 1280, 720, 0 }, { 1280, 546, 0 }, { 1281, 20, 0 }, { 1920, 108, 0 }, { 720, 1280, 90 },
    };

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Scores_of_chosen_sizes_equal_the_specification(int width, int height, int rotation) =>
        AssertEqual(new Random(width * 31 + height), width, height, rotation, padding: 0);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Scores_of_random_sizes_equal_the_specification(int seed)
    {
        var random = new Random(seed);
        // As many small ones as large ones.
        int Size(int most) => (int)Math.Exp(random.NextDouble() * Math.Log(most)) + 1;
        AssertEqual(random, Size(2000), Size(120), 90 * random.Next(4), random.Next(3) * random.Next(40));
    }

    private static void AssertEqual(Random random, int width, int height, int rotation, int padding)
    {
        foreach (var downscale in Enum.GetValues<Downscale>())
        {
            var plain = new PlainContentScorer(downscale, rotation);
            var scorers = VectorBits.All.Select(bits => new ContentScorer(downscale, rotation, RowKernels.Of(bits))).ToArray();
            for (var frame = 0; frame < 4; frame++)
            {
                var (y, u, v) = (Samples(random, width, height, padding), Chroma(), Chroma());
                var planes = new Yuv420Planes
                {
                    Width = width, Height = height, FullRangeFormat = random.Next(2) == 0,
                    Y = y, U = u, V = v, StrideY = width + padding, StrideU = (width + 1) / 2 + padding, StrideV = (width + 1) / 2 + padding,
                };
                var bgr = Samples(random, 3 * width, height, 0);
                // The last frame comes packed, as after a change of format in mid stream.
                var expected = frame < 3 ? plain.Score(planes) : plain.Score(bgr, width, height);
                foreach (var scorer in scorers)
                    Assert.Equal(expected, frame < 3 ? scorer.Score(planes) : scorer.Score(bgr, width, height));
            }
        }

        byte[] Chroma() => Samples(random, (width + 1) / 2, (height + 1) / 2, padding);
    }

    /// <summary>A plane that ends with its last row's last sample, of noise, of few levels or of the ends of the range.</summary>
    private static byte[] Samples(Random random, int width, int height, int padding)
    {
        var samples = new byte[(width + padding) * (height - 1) + width];
        random.NextBytes(samples);
        var kind = random.Next(3);
        for (var i = 0; i < samples.Length && kind > 0; i++)
            samples[i] = kind == 1 ? (byte)(samples[i] < 128 ? 0 : 255) : (byte)(120 + samples[i] % 16);
        return samples;
    }

    [Fact]
    public void Hue_and_saturation_are_exact_for_every_value_and_range()
    {
        // Grey level, and what one channel lies above it: for each maximum and range all six orders of the channels, with a middle channel anywhere between.
        var pixels = new List<(int B, int G, int R)>();
        var random = new Random(5);
        for (var most = 0; most < 256; most++)
        {
            for (var least = 0; least <= most; least++)
            {
                var middle = random.Next(least, most + 1);
                pixels.AddRange([(least, middle, most), (least, most, middle), (middle, least, most), (middle, most, least), (most, least, middle), (most, middle, least)]);
            }
        }
        foreach (var kernels in VectorBits.All.Select(RowKernels.Of))
        {
            foreach (var row in pixels.Chunk(480))
            {
                var source = new BgrRow(row.Length);
                var found = new HsvPlanes(row.Length, 1, kernels);
                for (var x = 0; x < row.Length; x++)
                    (source.Blue[x], source.Green[x], source.Red[x]) = ((short)(row[x].B << 7), (short)(row[x].G << 7), (short)(row[x].R << 7));
                var distance = kernels.Compare(source, source, 2048, 0, found.Row(0));
                var expected = Array.ConvertAll(row, PlainContentScorer.ToHsv);
                Assert.Equal(new HsvDistance(expected.Sum(p => p.Hue), expected.Sum(p => p.Saturation), expected.Sum(p => p.Value)), distance);
                for (var x = 0; x < row.Length; x++)
                {
                    var both = (ushort)found.Row(0).ValueAndSaturation[x];
                    Assert.Equal(expected[x], (found.Row(0).Hue[x], both >> 8, both & 255));
                }
            }
        }
    }

    [Fact]
    public void Colours_are_exact_for_every_luma_and_chroma()
    {
        // All 2^24 triples in both ranges in the widest vectors; the others hang on the same operations, which the pictures above go through.
        var (u, v, y) = (new byte[512], new byte[512], new byte[512]);
        var into = new BgrRow(512);
        for (var full = 0; full < 2; full++)
        {
            for (var triple = 0; triple < 1 << 24; triple += 512)
            {
                for (var x = 0; x < 512; x++)
                    (y[x], u[x], v[x]) = ((byte)(triple + x), (byte)((triple + x) >> 8), (byte)(triple >> 16));
                RowKernels.Fastest.ReadSingles(new() { Y = y, U = u, V = v }, YuvMatrix.Of(full == 1), into);
                for (var x = 0; x < 512; x++)
                {
                    var expected = PlainContentScorer.ToBgr(y[x], u[x], v[x], full == 1);
                    if (expected != (into.Blue[x] >> 7, into.Green[x] >> 7, into.Red[x] >> 7))
                        Assert.Fail($"yuv {y[x]} {u[x]} {v[x]}: found {into.Blue[x] >> 7} {into.Green[x] >> 7} {into.Red[x] >> 7}, expected {expected}");
                }
            }
        }
    }
}
