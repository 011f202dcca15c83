namespace Panda.Stream.Videos;

/// <summary>How long the decoder of one video may work.</summary>
/// <param name="Frame">On its next frames, opening the file included; null for ever.</param>
/// <param name="Video">On the whole video, on top of <paramref name="PerSecond"/>; null for ever.</param>
/// <param name="PerSecond">Seconds of work for each second of video that was decoded.</param>
/// <param name="Time">The clock.</param>
public sealed record DecodeDeadlines(TimeSpan? Frame, TimeSpan? Video, double PerSecond, TimeProvider Time)
{
    /// <summary>How long a decoder that was interrupted may take to return before its thread is left behind.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    public static DecodeDeadlines None { get; } = new(null, null, 0, TimeProvider.System);
}
