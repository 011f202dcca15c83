namespace Panda.Stream.Splitting;

/// <summary>A stretch of a video between two cuts, natural or artificial: frames [Start, End).</summary>
public readonly record struct Segment(int Index, int Start, int End)
{
    public int Length => End - Start;
}

/// <summary>The two frames of a segment that are embedded.</summary>
public readonly record struct ProbeFrames(int First, int Last)
{
    /// <summary>The frames that lie the given part of the segment from its start and from its last frame (order of operations and truncation as in the reference: of a one-frame segment it may be the frame before, [7, 8) gives 6).</summary>
    public static ProbeFrames Of(int start, int end, double part) => new(
        (int)((1 - part) * start + part * (end - 1)),
        (int)(part * start + (1 - part) * (end - 1)));

    public static ProbeFrames Of(Segment segment, double part) => Of(segment.Start, segment.End, part);
}
