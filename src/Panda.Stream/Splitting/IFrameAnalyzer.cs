using Panda.Stream.Videos;

namespace Panda.Stream.Splitting;

/// <summary>Scores the frames of one video in order, each against the one before it, wherever that is computed. For one thread at a time.</summary>
public interface IFrameAnalyzer : IDisposable
{
    /// <summary>Frames scored so far; after a failure, all before the one at fault.</summary>
    int Scored { get; }

    /// <summary>Scores the next frames.</summary>
    /// <param name="frames">They stay the caller's.</param>
    /// <param name="scores">Room for one a frame.</param>
    void Score(ReadOnlySpan<DecodedFrame> frames, Span<FrameScore> scores);
}
