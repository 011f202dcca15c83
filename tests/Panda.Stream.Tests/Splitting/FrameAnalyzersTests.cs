using Panda.Stream.Native;
using Panda.Stream.Splitting;
using Panda.Stream.Tests.Cuda;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Splitting;

/// <summary>Whatever becomes of the card: every frame has its score, the one of the CPU, and one line says where it was computed.</summary>
public class FrameAnalyzersTests
{
    private const int MostFrames = 40, FramesAtOnce = 8;

    private static readonly SplitSettings Content = SplitSettings.Panda70M;
    private static readonly SplitSettings Histogram = SplitSettings.Panda70M with { Detector = Detector.Histogram };

    [Theory, InlineData("moving.mp4"), InlineData("fullrange.mp4"), InlineData("turned270.mp4"), InlineData("sizes.ts"), InlineData("tenbit.mkv")]
    public void A_card_gives_the_scores_of_the_CPU(string video)
    {
        foreach (var settings in new[] { Content, Histogram })
        {
            using var fake = new FakeDriver();
            using (var analyzers = new FrameAnalyzers(settings, "cuda:0", fake.Load))
                Assert.Empty(Compare(analyzers, settings, video));
            Assert.Equal(0, fake.Live);
        }
    }

    [Theory]
    [InlineData("cuInit", 100, 0, 0, false)]
    [InlineData("cuDevicePrimaryCtxRetain", 2, 0, 0, true)]
    [InlineData("cuStreamCreate", 2, 0, 0, true)]
    [InlineData("cuModuleLoadDataEx", 218, 0, 0, false)]
    [InlineData("cuMemHostAlloc", 2, 0, 0, true)]
    [InlineData("cuMemAlloc_v2", 2, 0, 0, true)]
    [InlineData("cuMemAlloc_v2", 2, 2, 8, true)]            // room for the first batch, none for the next
    [InlineData("cuMemcpyHtoDAsync_v2", 1, 2, 16, false)]
    [InlineData("cuMemcpyDtoHAsync_v2", 1, 1, 8, false)]
    [InlineData("cuLaunchKernel", 719, 0, 0, false)]
    [InlineData("kernel", 700, 0, 0, false)]
    [InlineData("kernel", 719, 3, 24, false)]
    public void Where_it_fails_the_CPU_goes_on(string call, int error, int good, int frame, bool passes)
    {
        foreach (var settings in new[] { Content, Histogram })
        {
            using var fake = new FakeDriver();
            using var analyzers = new FrameAnalyzers(settings, "cuda:0", fake.Load);
            // Of histograms there are two kernels a batch.
            fake.Fail(call, error, call == "kernel" && settings == Histogram ? 2 * good : good);
            var told = Assert.Single(Compare(analyzers, settings, "moving.mp4"));
            Assert.StartsWith($"its frames{(frame > 0 ? $" from frame {frame} on" : "")}{(passes ? "" : ", and those of later videos,")} were scored on the CPU, not on cuda:0: ", told, StringComparison.Ordinal);
            Assert.Contains("CUDA_ERROR_", told, StringComparison.Ordinal);
            // The next video: what passes has passed, what does not was told.
            Assert.Empty(Compare(analyzers, settings, "moving.mp4"));
            using var next = analyzers.Of(0, _ => { });
            Assert.Equal(!passes, next is FrameScorer);
        }
    }

    [Fact]
    public void Without_driver_or_card_the_CPU_scores()
    {
        using var fake = new FakeDriver();
        foreach (var (analyzers, why) in new[]
        {
            (new FrameAnalyzers(Content, "cuda:0", () => throw new NativeLibraryException("cuda: found no libcuda.so.1")), "cuda:0: cuda: found no libcuda.so.1"),
            (new FrameAnalyzers(Content, "cuda:3", fake.Load), "cuda:3: found 1 cards, expected one of number 3"),
        })
        {
            Assert.Equal($"its frames, and those of later videos, were scored on the CPU, not on {why}", Assert.Single(Compare(analyzers, Content, "moving.mp4")));
            Assert.Empty(Compare(analyzers, Content, "moving.mp4"));
            analyzers.Dispose();
        }
    }

    [Fact]
    public void The_CPU_is_asked_where_the_key_says_so()
    {
        using var analyzers = new FrameAnalyzers(Content, "cpu", () => throw new InvalidOperationException("no driver is wanted"));
        Assert.IsType<FrameScorer<ContentScore>>(analyzers.Of(0, _ => { }));
        using var histogram = new FrameAnalyzers(Histogram, "cpu");
        Assert.IsType<FrameScorer<HistogramScore>>(histogram.Of(0, _ => { }));
    }

    /// <summary>Scores a video's first frames and holds them against the CPU's.</summary>
    /// <returns>What was told.</returns>
    private static List<string> Compare(FrameAnalyzers analyzers, SplitSettings settings, string video)
    {
        var told = new List<string>();
        using var decoder = VideoDecoder.Open(TestFiles.Video(video));
        using var expected = FrameAnalyzers.OnCpu(settings, decoder.Info.Rotation);
        using var analyzer = analyzers.Of(decoder.Info.Rotation, told.Add);
        var (frames, scores) = (new List<DecodedFrame>(), new FrameScore[FramesAtOnce]);
        var scored = 0;
        while (scored < MostFrames)
        {
            while (frames.Count < FramesAtOnce && decoder.TryRead(out var frame))
                frames.Add(frame);
            if (frames.Count == 0)
                break;
            analyzer.Score(frames.ToArray(), scores);
            Assert.Equal(scored + frames.Count, analyzer.Scored);
            for (var i = 0; i < frames.Count; i++, scored++)
                Assert.Equal(expected.Score(frames[i]), scores[i]);
            frames.ForEach(frame => frame.Dispose());
            frames.Clear();
        }
        Assert.True(scored > 0);
        return told;
    }
}
