using Panda.Stream.Videos;

namespace Panda.Stream.Splitting;

/// <summary>Scores the decoded frames of one video, whatever their pixel format, turned as a player would turn them.</summary>
/// <remarks>8-bit 4:2:0 of even height is scored straight from its planes; all else goes through swscale to BGR, as in the reference.</remarks>
public sealed class FrameScorer(Downscale downscale, int rotation) : IDisposable
{
    private readonly ContentScorer _scorer = new(downscale, rotation);
    private readonly BgrConverter _converter = new();
    private byte[] _bgr = [];

    /// <summary>Scores the next frame against the one before it.</summary>
    public ContentScore Score(DecodedFrame frame)
    {
        if (frame.Height % 2 == 0 && frame.TryGetYuv420(out var planes) && planes.StrideU == planes.StrideV)
            return _scorer.Score(planes);

        var size = 3 * frame.Width * frame.Height;
        if (_bgr.Length != size)
            _bgr = new byte[size];
        _converter.Convert(frame, _bgr);
        return _scorer.Score(_bgr, frame.Width, frame.Height);
    }

    public void Dispose() => _converter.Dispose();
}
