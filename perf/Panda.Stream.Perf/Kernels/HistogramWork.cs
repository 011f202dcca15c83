using Panda.Stream.Kernels;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Splitting;

namespace Panda.Stream.Perf.Kernels;

internal sealed class HistogramWork(int width, int height, int count) : KernelWork
{
    private const int Counts = Histograms.Channels * Histograms.Bins, Differences = 2 * Histograms.Channels;

    private readonly Frames _frames = new(width, height, count);
    private readonly uint[] _counts = new uint[Counts * count];
    private readonly HistogramScore[] _scores = new HistogramScore[count];
    private CudaMemory _foundCounts = null!, _foundDifferences = null!;
    private HistogramCountArguments _count;
    private HistogramDifferenceArguments _difference;

    public override string Kernel => "histogram_count, histogram_difference";
    public override string Size => $"{count} frames of {width}x{height}";
    public override long Bytes => new SmallPictures(_frames).Bytes + (long)count * (sizeof(uint) * Counts + sizeof(uint) * Counts + sizeof(double) * Differences);

    public override void Run()
    {
        var scorer = new HistogramScorer(Downscale.Width256);
        for (var i = 0; i < count; i++)
        {
            _scores[i] = scorer.Score(_frames.Planes(i));
            scorer.Counts.CopyTo(_counts.AsSpan(i * Counts));
        }
    }

    public override void Put(Card card)
    {
        (_foundCounts, _foundDifferences) = (card.Room(sizeof(uint) * (long)_counts.Length), card.Room(sizeof(double) * (long)Differences * count));
        _count = new(new SmallPictures(_frames).Put(card), _foundCounts.Pointer, count);
        _difference = new(_foundCounts.Pointer, 0, _foundDifferences.Pointer, count);
    }

    public override void Queue(Card card)
    {
        card.Stream.Fill(_foundCounts, 0, sizeof(uint) * (long)_counts.Length);
        card.Launch(_count);
        card.Launch(_difference);
    }

    public override void Check(Card card)
    {
        Run();
        Require(card.Read<uint>(_foundCounts, _counts.Length).SequenceEqual(_counts), "counts");
        var expected = _scores.SelectMany(score => new[] { score.Hue, score.Saturation, score.Value, score.Luma }).SelectMany(channel => new[] { channel.Correlation, channel.ChiSquare });
        Require(card.Read<double>(_foundDifferences, Differences * count).Zip(expected, (found, wanted) => Math.Abs(found - wanted) <= 1e-12).All(near => near), "differences");
    }
}
