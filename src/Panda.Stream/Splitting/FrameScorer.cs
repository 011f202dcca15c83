using Panda.Stream.Videos;

namespace Panda.Stream.Splitting;

/// <summary>Scores the decoded frames of one video on the CPU, whatever their pixel format, turned as a player would turn them.</summary>
/// <remarks>8-bit 4:2:0 of even height is scored straight from its planes; all else goes through swscale to BGR, as in the reference.</remarks>
public abstract class FrameScorer : IFrameAnalyzer
{
    private protected FrameScorer()
    {
    }

    public int Scored { get; private set; }

    /// <param name="settings">Which detector, and how small frames are made for it.</param>
    /// <param name="rotation">Degrees clockwise by which players turn the frames.</param>
    public static FrameScorer Of(SplitSettings settings, int rotation)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Detector switch
        {
            Detector.Content => new Scorer<ContentScore>(new ContentScorer(settings.Downscale, rotation), score => new(score)),
            Detector.Histogram => new Scorer<HistogramScore>(new HistogramScorer(settings.Downscale, rotation), score => new(score, settings.HistogramChannels, settings.HistogramMetric)),
            _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Detector, "expected Content or Histogram"),
        };
    }

    /// <summary>Scores the next frame.</summary>
    public FrameScore Score(DecodedFrame frame)
    {
        var score = ScoreNext(frame);
        Scored++;
        return score;
    }

    public void Score(ReadOnlySpan<DecodedFrame> frames, Span<FrameScore> scores)
    {
        for (var i = 0; i < frames.Length; i++)
            scores[i] = Score(frames[i]);
    }

    public abstract void Dispose();

    private protected abstract FrameScore ScoreNext(DecodedFrame frame);

    private sealed class Scorer<TScore>(PictureScorer<TScore> scorer, Func<TScore, FrameScore> of) : FrameScorer
    {
        private readonly BgrConverter _converter = new();
        private byte[] _bgr = [];

        public override void Dispose() => _converter.Dispose();

        private protected override FrameScore ScoreNext(DecodedFrame frame)
        {
            if (frame.Height % 2 == 0 && frame.TryGetYuv420(out var planes) && planes.StrideU == planes.StrideV)
                return of(scorer.Score(planes));

            var size = 3 * frame.Width * frame.Height;
            if (_bgr.Length != size)
                _bgr = new byte[size];
            _converter.Convert(frame, _bgr);
            return of(scorer.Score(_bgr, frame.Width, frame.Height));
        }
    }
}
