using Panda.Stream.Splitting;
using Panda.Stream.Videos;

namespace Panda.Stream.Graph;

/// <summary>Some frames of one video on the way from stage to stage; whoever takes a frame out owns its lease. Used again once it has arrived.</summary>
internal sealed class FrameBatch(int capacity)
{
    public LaneVideo? Video { get; set; }
    public DecodedFrame[] Frames { get; } = new DecodedFrame[capacity];

    /// <summary>The score of each frame, filled in by the score stage.</summary>
    public FrameScore[] Scores { get; } = new FrameScore[capacity];

    public int Count { get; set; }

    /// <summary>Whether it is the last one of its video; such a one brings no frames.</summary>
    public bool EndsVideo { get; set; }
}

/// <summary>A segment whose probes are being embedded; null for the end of the video.</summary>
internal sealed record LaneSegment(LaneVideo Video, SegmentFrames? Frames, Task<EmbeddedSegment>? Embedding);
