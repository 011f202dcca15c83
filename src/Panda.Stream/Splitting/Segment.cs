namespace Panda.Stream.Splitting;

/// <summary>A stretch of a video between two cuts, natural or artificial: frames [Start, End).</summary>
public readonly record struct Segment(int Index, int Start, int End);

/// <summary>The two frames of a segment that are embedded.</summary>
public readonly record struct ProbeFrames(int First, int Last);
