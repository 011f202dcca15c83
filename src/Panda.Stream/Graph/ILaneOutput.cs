using Panda.Stream.Splitting;

namespace Panda.Stream.Graph;

/// <summary>Where a lane delivers, in order within each video. The methods wait when those behind them are full.</summary>
public interface ILaneOutput
{
    /// <summary>A frame's score; called for every frame, before anything that it decides.</summary>
    void Score(LaneVideo video, FrameScore score, long pts);

    /// <summary>A clip with its frames, to be followed by <see cref="VideoClip.Leave"/> once they are let go. Clips come before the outcomes of their segments.</summary>
    Task ClipAsync(VideoClip clip);

    /// <summary>What became of a segment.</summary>
    Task SegmentAsync(LaneVideo video, SegmentOutcome outcome);

    /// <summary>Nothing more comes of this video.</summary>
    Task VideoEndedAsync(LaneVideo video);
}
