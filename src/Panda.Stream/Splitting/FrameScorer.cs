using Panda.Stream.Videos;

namespace Panda.Stream.Splitting;

/// <summary>Scores the decoded frames of one video, whatever their pixel format, as a player would turn them.</summary>
/// <remarks>8-bit 4:2:0 of even height is scored straight from its planes; all else goes through swscale to BGR, as the reference does.</remarks>
public sealed class FrameScorer(Downscale downscale, VideoStreamInfo info) : IDisposable
{
    private readonly ContentScorer _scorer = new(downscale);
    private readonly BgrConverter _converter = new();
    private readonly int _quarterTurns = info.Rotation / 90;
    private byte[] _bgr = [];

    /// <summary>Scores the next frame against the one before it.</summary>
    public ContentScore Score(DecodedFrame frame)
    {
        if (frame.TryGetYuv420(out var planes) && planes.Height % 2 == 0 && planes.StrideU == planes.StrideV)
            return _scorer.Score(new Yuv420Picture(
                planes.Y, planes.U, planes.V, planes.StrideY, planes.StrideU,
                planes.Width, planes.Height, planes.FullRangeFormat, _quarterTurns));

        var stride = 3 * frame.Width;
        if (_bgr.Length != stride * frame.Height)
            _bgr = new byte[stride * frame.Height];
        _converter.Convert(frame, _bgr);
        return _scorer.Score(new Bgr24Picture(_bgr, stride, frame.Width, frame.Height, _quarterTurns));
    }

    public void Dispose() => _converter.Dispose();
}
