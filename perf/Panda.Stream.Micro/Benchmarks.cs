using BenchmarkDotNet.Attributes;
using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Splitting;
using Panda.Stream.Tests.Splitting;
using Panda.Stream.Vectors;
using Panda.Stream.Videos;

namespace Panda.Stream.Micro;

/// <summary>A picture of noise: what the code does, it does for every content.</summary>
public abstract class Pictures
{
    private byte[] _y = [], _u = [], _v = [];

    [Params(640, 1280, 1920)]
    public int Width { get; set; }

    protected int Height => Width * 9 / 16;

    private protected Yuv420Planes Planes => new()
    {
        Width = Width, Height = Height, Y = _y, U = _u, V = _v, StrideY = Width, StrideU = Width / 2, StrideV = Width / 2,
    };

    [GlobalSetup]
    public virtual void Setup()
    {
        var random = new Random(1);
        (_y, _u, _v) = (new byte[Width * Height], new byte[Width * Height / 4], new byte[Width * Height / 4]);
        foreach (var plane in new[] { _y, _u, _v })
            random.NextBytes(plane);
    }
}

/// <summary>The whole content score of a frame.</summary>
public class ScoreBenchmark : Pictures
{
    private readonly PlainContentScorer _plain = new(Downscale.Width256, 0);
    private readonly ContentScorer[] _scorers = [.. VectorBits.All.Select(bits => new ContentScorer(Downscale.Width256, 0, RowKernels.Of(bits)))];

    [Benchmark(Baseline = true)]
    public ContentScore Plain() => _plain.Score(Planes);

    [Benchmark]
    public ContentScore Vector128() => _scorers[0].Score(Planes);

    [Benchmark]
    public ContentScore Vector256() => _scorers[1].Score(Planes);

    [Benchmark]
    public ContentScore Vector512() => _scorers[2].Score(Planes);
}

/// <summary>One source row to BGR and made narrow: 320 small pixels of two source pixels each.</summary>
public class RowBenchmark
{
    private const int Pixels = 320;

    private readonly byte[] _y = new byte[2 * Pixels], _u = new byte[2 * Pixels], _v = new byte[2 * Pixels];
    private readonly PairWeights _weights = new(ResizeTaps.OfColumns(2 * Pixels + 1, Pixels));
    private readonly BgrRow _into = new(Pixels);

    [GlobalSetup]
    public void Setup()
    {
        foreach (var row in new[] { _y, _u, _v })
            new Random(1).NextBytes(row);
    }

    [Benchmark(Baseline = true)]
    public int Plain()
    {
        var sum = 0;
        for (var x = 0; x < Pixels; x++)
        {
            var (first, second) = (PlainContentScorer.ToBgr(_y[2 * x], _u[2 * x], _v[2 * x], false), PlainContentScorer.ToBgr(_y[2 * x + 1], _u[2 * x + 1], _v[2 * x + 1], false));
            sum += ((first.B + second.B) * 1024 >> 4) + ((first.G + second.G) * 1024 >> 4) + ((first.R + second.R) * 1024 >> 4);
        }
        return sum;
    }

    [Benchmark]
    public void Halves128() => Halves(128);

    [Benchmark]
    public void Halves256() => Halves(256);

    [Benchmark]
    public void Halves512() => Halves(512);

    [Benchmark]
    public void Pairs128() => Pairs(128);

    [Benchmark]
    public void Pairs256() => Pairs(256);

    [Benchmark]
    public void Pairs512() => Pairs(512);

    private static readonly Dictionary<int, RowKernels> Kernels = VectorBits.All.ToDictionary(bits => bits, RowKernels.Of);

    private void Halves(int bits) => Kernels[bits].ReadHalves(new() { Y = _y, U = _u, V = _v }, YuvMatrix.Of(false), _into);

    private void Pairs(int bits) => Kernels[bits].ReadPairs(new() { Y = _y, U = _u, V = _v }, YuvMatrix.Of(false), _weights, _into);
}

/// <summary>One row of 320 small pixels to HSV, compared with the row before.</summary>
public class HsvBenchmark
{
    private const int Pixels = 320;

    private readonly (int B, int G, int R)[] _pixels = new (int, int, int)[Pixels];
    private readonly BgrRow _row = new(Pixels);
    private readonly HsvPlanes _previous = new(Pixels, 1, RowKernels.Fastest);
    private readonly RowKernels[] _kernels = [.. VectorBits.All.Select(RowKernels.Of)];

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (var x = 0; x < Pixels; x++)
        {
            _pixels[x] = (random.Next(256), random.Next(256), random.Next(256));
            (_row.Blue[x], _row.Green[x], _row.Red[x]) = ((short)(_pixels[x].B << 7), (short)(_pixels[x].G << 7), (short)(_pixels[x].R << 7));
        }
    }

    [Benchmark(Baseline = true)]
    public int Plain()
    {
        var sum = 0;
        foreach (var pixel in _pixels)
        {
            var (hue, saturation, value) = PlainContentScorer.ToHsv(pixel);
            sum += hue + saturation + value;
        }
        return sum;
    }

    [Benchmark]
    public long Vector128() => _kernels[0].Compare(_row, _row, 1024, 1024, _previous.Row(0)).Hue;

    [Benchmark]
    public long Vector256() => _kernels[1].Compare(_row, _row, 1024, 1024, _previous.Row(0)).Hue;

    [Benchmark]
    public long Vector512() => _kernels[2].Compare(_row, _row, 1024, 1024, _previous.Row(0)).Hue;
}

/// <summary>A frame made small for the models, 96 pixels high.</summary>
public class SmallFrameBenchmark : Pictures
{
    private static readonly SourceColors Colors = new(LibavConstants.AVCOL_SPC_BT709, false);

    private readonly byte[] _rgb = new byte[3 * 171 * 96];
    private AreaScaler[] _scalers = [];

    public override void Setup()
    {
        base.Setup();
        _scalers = [.. VectorBits.All.Select(bits => new AreaScaler(Width, Height, 171, 96, bits))];
    }

    /// <summary>The luma's areas alone, which is most of the work.</summary>
    [Benchmark(Baseline = true)]
    public int Plain()
    {
        var planes = Planes;
        var last = 0;
        for (var y = 0; y < 96; y++)
        {
            for (var x = 0; x < 171; x++)
            {
                var sum = 0;
                for (var row = y * Height / 96; row < (y + 1) * Height / 96; row++)
                    for (var column = x * Width / 171; column < (x + 1) * Width / 171; column++)
                        sum += planes.Y[row * planes.StrideY + column];
                last ^= sum;
            }
        }
        return last;
    }

    [Benchmark]
    public void Vector128() => _scalers[0].Scale(Planes, Colors, _rgb);

    [Benchmark]
    public void Vector256() => _scalers[1].Scale(Planes, Colors, _rgb);

    [Benchmark]
    public void Vector512() => _scalers[2].Scale(Planes, Colors, _rgb);
}
