using Panda.Stream.Kernels;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Splitting;
using Panda.Stream.Tests.Cuda;

namespace Panda.Stream.Tests.Kernels;

/// <summary>The content score as a card would compute it, by a driver that runs the same kernel on the CPU.</summary>
public class CudaContentScorerTests
{
    [Theory]
    [InlineData(64, 36, 0, Downscale.Width256)]
    [InlineData(640, 360, 0, Downscale.Longest256)]
    [InlineData(301, 298, 270, Downscale.Longest256)]
    [InlineData(512, 66, 180, Downscale.Width256)]
    public void Scores_are_those_of_the_processor_in_any_batches(int width, int height, int rotation, Downscale downscale)
    {
        const int Count = 40;
        using var fake = new FakeDriver();
        using (var context = CudaTests.Context(fake))
        using (var stream = context.CreateStream())
        using (var kernels = new CudaKernels(context))
        {
            var random = new Random(width);
            var frames = new TestFrames(random, width, height, Count);
            // The range changes in the middle of a batch.
            Panda.Stream.Videos.Yuv420Planes Planes(int frame) => frames.Planes(frame, fullRange: frame >= 23);
            var expected = new ContentScorer(downscale, rotation);
            using var scorer = new CudaContentScorer(kernels, stream, downscale, rotation);
            for (var start = 0; start < Count;)
            {
                var scores = new ContentScore[Math.Min(Count - start, random.Next(1, 21))];
                var first = start;
                scorer.Score(scores, frame => Planes(first + frame));
                foreach (var score in scores)
                    Assert.Equal(expected.Score(Planes(start++)), score);
            }
        }
        Assert.Equal(0, fake.Live);
    }

    [Fact]
    public void Frames_of_another_size_are_brought_to_the_first_ones()
    {
        using var fake = new FakeDriver();
        using var context = CudaTests.Context(fake);
        using var stream = context.CreateStream();
        using var kernels = new CudaKernels(context);
        TestFrames[] sizes = [new(new Random(1), 640, 360, 2), new(new Random(2), 320, 200, 2)];
        var expected = new ContentScorer(Downscale.Width256);
        using var scorer = new CudaContentScorer(kernels, stream, Downscale.Width256, 0);
        var scores = new ContentScore[4];
        scorer.Score(scores, frame => sizes[frame / 2].Planes(frame % 2, fullRange: false));
        for (var i = 0; i < scores.Length; i++)
            Assert.Equal(expected.Score(sizes[i / 2].Planes(i % 2, fullRange: false)), scores[i]);
    }

    [Theory]
    [InlineData("kernel", 700, true), InlineData("cuMemAlloc_v2", 2, false), InlineData("cuMemcpyHtoDAsync_v2", 1, false), InlineData("cuModuleLoadDataEx", 218, false)]
    public void A_failure_is_told_and_leaves_nothing_behind(string call, int error, bool isLost)
    {
        using var fake = new FakeDriver();
        using (var context = CudaTests.Context(fake))
        using (var stream = context.CreateStream())
        using (var kernels = new CudaKernels(context))
        {
            var frames = new TestFrames(new Random(1), 64, 36, 3);
            using var scorer = new CudaContentScorer(kernels, stream, Downscale.Width256, 0);
            var scores = new ContentScore[3];
            fake.Fail(call, error);
            var thrown = Assert.Throws<CudaException>(() => scorer.Score(scores, frame => frames.Planes(frame, fullRange: false)));
            Assert.Equal((error, isLost), (thrown.Code, thrown.IsDeviceLost));
            if (isLost)
                return;
            // The same batch again goes well.
            scorer.Score(scores, frame => frames.Planes(frame, fullRange: false));
            Assert.True(scores[2].ContentVal > 0);
        }
        Assert.Equal(0, fake.Live);
    }
}
