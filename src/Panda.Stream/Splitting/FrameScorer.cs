using Panda.Stream.Videos;

namespace Panda.Stream.Splitting;

/// <summary>Scores the decoded frames of one video on the CPU, whatever their pixel format, turned as a player would turn them.</summary>
/// <remarks>8-bit 4:2:0 of even height is scored straight from its planes; all else goes through swscale to BGR, as in the reference.</remarks>
public abstract class FrameScorer : IFrameAnalyzer
{
    private protected FrameScorer()
    {
    }

    public abstract int Scored { get; }

    /// <summary>Scores the next frame.</summary>
    public abstract FrameScore Score(DecodedFrame frame);

    public void Score(ReadOnlySpan<DecodedFrame> frames, Span<FrameScore> scores)
    {
        for (var i = 0; i < frames.Length; i++)
            scores[i] = Score(frames[i]);
    }

    public abstract void Dispose();

    /// <summary>The planes, where the frame can be scored straight from them.</summary>
    internal static bool TryGetPlanes(DecodedFrame frame, out Yuv420Planes planes)
    {
        planes = default;
        return frame.Height % 2 == 0 && frame.TryGetYuv420(out planes) && planes.StrideU == planes.StrideV;
    }
}

/// <summary>Those that a picture's scorer makes.</summary>
/// <param name="of">A score as that of the frame.</param>
internal sealed class FrameScorer<TScore>(PictureScorer<TScore> scorer, Func<TScore, FrameScore> of) : FrameScorer
{
    private readonly BgrConverter _converter = new();
    private byte[] _bgr = [];

    public override int Scored => scorer.Scored;

    public override FrameScore Score(DecodedFrame frame)
    {
        if (TryGetPlanes(frame, out var planes))
            return of(scorer.Score(planes));

        var size = 3 * frame.Width * frame.Height;
        if (_bgr.Length != size)
            _bgr = new byte[size];
        _converter.Convert(frame, _bgr);
        return of(scorer.Score(_bgr, frame.Width, frame.Height));
    }

    public override void Dispose() => _converter.Dispose();
}
