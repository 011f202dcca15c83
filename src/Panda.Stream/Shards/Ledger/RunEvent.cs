namespace Panda.Stream.Shards.Ledger;

/// <summary>One step of a video's or clip's story, for whoever asks why.</summary>
/// <param name="Video">The video's id.</param>
/// <param name="Clip">The clip's number in it; null for the video as a whole.</param>
/// <param name="Stage">The stage of the graph that tells it.</param>
/// <param name="Began">In UTC.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Outcome">What was decided, in words.</param>
public readonly record struct RunEvent(string Video, int? Clip, string Stage, DateTime Began, double Seconds, string Outcome)
{
    /// <summary>In UTC.</summary>
    public DateTime Ended => Began.AddSeconds(Seconds);
}
