using Panda.Stream.Kernels;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Splitting;
using Panda.Stream.Tests.Cuda;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Kernels;

/// <summary>Scores as a card would compute them, by a driver that runs the same kernels on the CPU.</summary>
public class CudaFrameScorerTests
{
    public static TheoryData<int, int, int, Downscale, Detector> Shapes => new()
    {
        { 64, 36, 0, Downscale.Width256, Detector.Content }, { 64, 36, 0, Downscale.Width256, Detector.Histogram },
        { 301, 98, 270, Downscale.Longest256, Detector.Content }, { 301, 98, 270, Downscale.Longest256, Detector.Histogram },
        { 512, 66, 180, Downscale.Width256, Detector.Content }, { 512, 66, 180, Downscale.Width256, Detector.Histogram },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Scores_are_those_of_the_processor_in_any_batches(int width, int height, int rotation, Downscale downscale, Detector detector)
    {
        const int Count = 25;
        using var fake = new FakeDriver();
        using (var context = CudaTests.Context(fake))
        using (var kernels = new CudaKernels(context))
        {
            var random = new Random(width);
            // The range changes in the middle of a batch.
            var frames = new TestFrames(random, width, height, Count);
            Yuv420Planes Planes(int frame) => frames.Planes(frame, fullRange: frame >= 13);
            var expected = Expected(detector, downscale, rotation);
            using var scorer = Scorer(context, kernels, detector, downscale, rotation);
            for (var start = 0; start < Count;)
            {
                var scores = new FrameScore[Math.Min(Count - start, random.Next(1, 18))];
                var first = start;
                scorer.Score(new HostFrames(frame => Planes(first + frame)), scores);
                foreach (var score in scores)
                    Assert.Equal(expected(Planes(start++)), score);
            }
            Assert.Equal(Count, scorer.Scored);
        }
        Assert.Equal(0, fake.Live);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Frames_on_the_card_are_scored_where_they_lie(int width, int height, int rotation, Downscale downscale, Detector detector)
    {
        using var fake = new FakeDriver();
        using (var context = CudaTests.Context(fake))
        using (var kernels = new CudaKernels(context))
        using (var decoder = context.CreateStream())
        {
            var host = new TestFrames(new Random(width), width, height, 7);
            var expected = Expected(detector, downscale, rotation);
            using var scorer = Scorer(context, kernels, detector, downscale, rotation);
            var scores = new FrameScore[7];
            foreach (var (first, end) in new[] { (0, 4), (4, 7) })
            {
                using var frames = new CardFrames(context, decoder);
                for (var i = first; i < end; i++)
                    frames.Add(host.Planes(i, fullRange: false));
                // What brings the frames there is only queued yet.
                scorer.Score(frames, scores.AsSpan(first..end));
            }
            for (var i = 0; i < scores.Length; i++)
                Assert.Equal(expected(host.Planes(i, fullRange: false)), scores[i]);
        }
        Assert.Equal(0, fake.Live);
    }

    [Theory, InlineData(Detector.Content), InlineData(Detector.Histogram)]
    public void Frames_of_another_size_are_brought_to_the_first_ones(Detector detector)
    {
        using var fake = new FakeDriver();
        using var context = CudaTests.Context(fake);
        using var kernels = new CudaKernels(context);
        TestFrames[] sizes = [new(new Random(1), 320, 180, 2), new(new Random(2), 160, 100, 2)];
        Yuv420Planes Planes(int frame) => sizes[frame / 2].Planes(frame % 2, fullRange: false);
        var expected = Expected(detector, Downscale.Width256, 0);
        using var scorer = Scorer(context, kernels, detector, Downscale.Width256, 0);
        var scores = new FrameScore[4];
        scorer.Score(new HostFrames(Planes), scores);
        for (var i = 0; i < scores.Length; i++)
            Assert.Equal(expected(Planes(i)), scores[i]);
    }

    [Theory]
    [InlineData("kernel", 700, true), InlineData("cuMemAlloc_v2", 2, false), InlineData("cuMemcpyHtoDAsync_v2", 1, false), InlineData("cuModuleLoadDataEx", 218, false)]
    public void A_failure_is_told_and_leaves_nothing_behind(string call, int error, bool isLost)
    {
        using var fake = new FakeDriver();
        using (var context = CudaTests.Context(fake))
        using (var kernels = new CudaKernels(context))
        {
            var planes = new TestFrames(new Random(1), 64, 36, 3);
            var frames = new HostFrames(frame => planes.Planes(frame, fullRange: false));
            using var scorer = Scorer(context, kernels, Detector.Content, Downscale.Width256, 0);
            var scores = new FrameScore[3];
            fake.Fail(call, error);
            var thrown = Assert.Throws<CudaException>(() => scorer.Score(frames, scores));
            Assert.Equal((error, isLost, 0), (thrown.Code, thrown.IsDeviceLost, scorer.Scored));
            if (isLost)
                return;
            // The same batch again goes well.
            scorer.Score(frames, scores);
            Assert.True(scores[2].Value > 0);
        }
        Assert.Equal(0, fake.Live);
    }

    private delegate FrameScore Score(Yuv420Planes planes);

    private static Score Expected(Detector detector, Downscale downscale, int rotation)
    {
        var (content, histogram) = (new ContentScorer(downscale, rotation), new HistogramScorer(downscale, rotation));
        return planes => detector == Detector.Content ? new(content.Score(planes)) : new(histogram.Score(planes), HistogramChannels.Hsv, HistogramMetric.ChiSquare);
    }

    private static CudaFrameScorer Scorer(CudaContext context, CudaKernels kernels, Detector detector, Downscale downscale, int rotation) => new(
        new(context, kernels), detector == Detector.Content ? new CudaContentDetector() : new CudaHistogramDetector(HistogramChannels.Hsv, HistogramMetric.ChiSquare), downscale, rotation);

    private delegate Yuv420Planes PlanesOf(int frame);

    private sealed class HostFrames(PlanesOf planes) : ICudaFrames
    {
        public CudaFrame? OnCard(int frame) => null;

        public Yuv420Planes OnHost(int frame) => planes(frame);
    }

    /// <summary>Frames as a card's decoder leaves them: NV12, and what makes them is queued in a stream of its own.</summary>
    private sealed class CardFrames(CudaContext context, CudaStream decoder) : ICudaFrames, IDisposable
    {
        private readonly List<CudaFrame> _frames = [];
        private readonly List<IDisposable> _memory = [];

        public void Add(Yuv420Planes planes)
        {
            int chromaWidth = (planes.Width + 1) / 2, chromaHeight = (planes.Height + 1) / 2, stride = 2 * chromaWidth + 3;
            var pinned = context.AllocatePinned(planes.Y.Length + stride * chromaHeight);
            var memory = context.Allocate(pinned.Bytes);
            planes.Y.CopyTo(pinned.Span);
            var chroma = pinned.Span[planes.Y.Length..];
            for (var y = 0; y < chromaHeight; y++)
                for (var x = 0; x < chromaWidth; x++)
                    (chroma[y * stride + 2 * x], chroma[y * stride + 2 * x + 1]) = (planes.U[y * planes.StrideU + x], planes.V[y * planes.StrideV + x]);
            decoder.Upload(pinned, memory, pinned.Bytes);
            _memory.AddRange([pinned, memory]);
            _frames.Add(new(FramePlanes.Nv12(memory.Pointer, memory.Pointer + planes.Y.Length), new(planes.Width, planes.StrideY, stride, 2), planes.Height, planes.FullRangeFormat, decoder));
        }

        public CudaFrame? OnCard(int frame) => _frames[frame];

        public Yuv420Planes OnHost(int frame) => throw new InvalidOperationException("It lies on the card.");

        public void Dispose() => _memory.ForEach(block => block.Dispose());
    }
}
