using Panda.Stream.Splitting;
using Panda.Stream.Videos;

namespace Panda.Stream.Graph;

/// <summary>Some tens of frames of one video on the way from stage to stage; whoever takes a frame out owns its lease.</summary>
internal sealed record FrameBatch(LaneVideo Video, DecodedFrame[] Frames, int Count, bool EndsVideo)
{
    /// <summary>The content score of each frame, filled in by the score stage.</summary>
    public ContentScore[] Scores { get; } = new ContentScore[Count];

    public void Release()
    {
        for (var i = 0; i < Count; i++)
            Frames[i].Dispose();
    }
}

/// <summary>A segment whose probes are being embedded; null for the end of the video.</summary>
internal sealed record LaneSegment(LaneVideo Video, SegmentFrames? Frames, Task<EmbeddedSegment>? Embedding);
