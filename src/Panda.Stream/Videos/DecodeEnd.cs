namespace Panda.Stream.Videos;

/// <summary>How the decoding of a video ended.</summary>
/// <param name="Frames">Frames that were delivered: the number of the frame after the last.</param>
/// <param name="Error">What broke the reading off, in libav's words; null after a clean end.</param>
public sealed record DecodeEnd(int Frames, string? Error)
{
    public bool IsClean => Error is null;

    public override string ToString() =>
        IsClean ? $"ended after {Plural.Of(Frames, "frame")}" : $"broke off after {Plural.Of(Frames, "frame")}: {Error}";
}
