using Panda.Stream.Splitting;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Splitting;

/// <summary>Scores and cuts of real files against what PySceneDetect itself computed for them.</summary>
public class ContentScorerTests
{
    public static TheoryData<string> Names => [.. SharedVideos.Names];

    /// <summary>
    /// Cuts that 0.7.1 does not make and we do: it compares times in seconds. At 30000/1001 a gap of exactly 15 frames then never
    /// passes (mix, tie15), and at a variable rate 16 frames can be shorter than 15 of the average (vfr).
    /// </summary>
    private static readonly Dictionary<string, int[]> OnlyInFrames = new()
    {
        ["mix.mp4"] = [239],
        ["tie15.mp4"] = [60, 90, 105, 180],
        ["vfr.mp4"] = [109],
    };

    // Enough to meet every rule, and the suite stays quick; all frames of all files were equal when looked at once.
    private const int MostFrames = 450;

    [Theory]
    [MemberData(nameof(Names))]
    public void Scores_and_cuts_are_those_of_PySceneDetect(string name)
    {
        Comparison[] versions =
        [
            new(SharedVideos.Expected(name), Downscale.Width256, CutFilter.Suppress, []),
            new(SharedVideos.Expected(name, "0.7.1"), Downscale.Longest256, CutFilter.Merge, OnlyInFrames.GetValueOrDefault(name, [])),
        ];
        using var decoder = VideoDecoder.Open(SharedVideos.Path(name));
        using var converter = new BgrConverter();
        var bgr = new byte[3 * decoder.Info.Width * decoder.Info.Height];
        var scorers = versions.Select(version => new ContentScorer(version.Downscale, decoder.Info.Rotation)).ToArray();
        for (var i = 0; i < MostFrames && decoder.TryRead(out var frame); i++)
        {
            using var lease = frame;
            var planar = frame.TryGetYuv420(out var planes) && frame.Height % 2 == 0;
            if (!planar)
                converter.Convert(frame, bgr);
            foreach (var (version, scorer) in versions.Zip(scorers))
                version.Take(planar ? scorer.Score(planes) : scorer.Score(bgr, frame.Width, frame.Height));
        }
        Assert.All(versions, version => version.Finish());
    }

    [Theory]
    [InlineData(320, 180, Downscale.Width256, 320, 180)]
    [InlineData(640, 360, Downscale.Width256, 320, 180)]
    [InlineData(640, 360, Downscale.Longest256, 256, 144)]
    [InlineData(180, 320, Downscale.Width256, 180, 320)]
    [InlineData(180, 320, Downscale.Longest256, 144, 256)]
    [InlineData(1280, 545, Downscale.Width256, 256, 109)]
    [InlineData(1285, 5 * 2, Downscale.Width256, 257, 2)]
    [InlineData(512, 5, Downscale.Width256, 256, 2)]        // 2.5 to even
    [InlineData(512, 7, Downscale.Width256, 256, 4)]        // 3.5 to even
    [InlineData(4000, 2, Downscale.Longest256, 256, 1)]     // never nothing
    public void The_size_of_comparison(int width, int height, Downscale rule, int smallWidth, int smallHeight) =>
        Assert.Equal((smallWidth, smallHeight), rule.SmallSize(width, height));

    [Fact]
    public void A_stream_that_changes_its_size_is_compared_at_its_first_size()
    {
        var scorer = new ContentScorer(Downscale.Width256);
        scorer.Score(Grey(600, 400, 90), 600, 400);
        var larger = scorer.Score(Grey(1200, 800, 90), 1200, 800);
        var turned = scorer.Score(Grey(90, 160, 100), 90, 160);
        Assert.Equal((0.0, 300 * 200), (larger.ContentVal, larger.Pixels));
        Assert.Equal((10L * 300 * 200, 300 * 200), (turned.SumLum, turned.Pixels));
    }

    [Fact]
    public void Nothing_is_allocated_per_frame()
    {
        var scorer = new ContentScorer(Downscale.Longest256);
        var pictures = new[] { Grey(333, 222, 10), Grey(333, 222, 200) };
        scorer.Score(pictures[0], 333, 222);
        var allocations = new Allocations();
        for (var i = 0; i < 100; i++)
            scorer.Score(pictures[i & 1], 333, 222);
        Assert.InRange(allocations.Bytes, 0, allocations.Slack);
    }

    private static byte[] Grey(int width, int height, byte level)
    {
        var picture = new byte[3 * width * height];
        picture.AsSpan().Fill(level);
        return picture;
    }

    private sealed class Comparison(IReadOnlyList<ExpectedFrame> expected, Downscale downscale, CutFilter filter, int[] onlyOurs)
    {
        private readonly ShotDetector _detector = new(25, 15, filter);
        private readonly List<int> _cuts = [];
        private int _frames;

        public Downscale Downscale => downscale;

        public void Take(ContentScore score)
        {
            var e = expected[_frames++];
            Assert.Equal(new ContentScore(e.Frame, e.ContentVal, e.SumHue, e.SumSat, e.SumLum, e.Pixels), score);
            if (_detector.Push(score.ContentVal) is { } cut)
                _cuts.Add(cut);
        }

        public void Finish()
        {
            Assert.Equal(Math.Min(MostFrames, expected.Count), _frames);
            // What was known by the last frame looked at: a merge may still hang there.
            var known = _detector.CertainBefore;
            Assert.Equal(expected.Where(row => row.Cut && row.Frame < known).Select(row => row.Frame).Union(onlyOurs).Order(), _cuts);
        }
    }
}
