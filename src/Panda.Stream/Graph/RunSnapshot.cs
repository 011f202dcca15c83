using Panda.Stream.Models.Calls;

namespace Panda.Stream.Graph;

/// <summary>A run at one moment, for those who watch.</summary>
/// <param name="Stopping">The user has asked it to stop: what is in flight is being finished.</param>
/// <param name="Elapsed">Since its start.</param>
/// <param name="VideosIn">Videos that it was given.</param>
/// <param name="VideosEnded">Of these, done or failed.</param>
/// <param name="VideoSeconds">Length of the videos that have ended.</param>
/// <param name="VideosInFlight">Ids of the videos that are in a lane, oldest first.</param>
/// <param name="Stages">The stages in the order in which the data flows; those of all lanes taken together.</param>
public sealed record RunSnapshot(
    bool Stopping, TimeSpan Elapsed, int VideosIn, int VideosEnded, double VideoSeconds, IReadOnlyList<string> VideosInFlight, IReadOnlyList<StageCount> Stages)
{
    private const int VideosNamed = 5;

    /// <summary>What the stages work on now, in the order of the stages.</summary>
    public IReadOnlyList<AtWork> AtWork { get; init; } = [];

    /// <summary>How the calls of each model went so far, by its name.</summary>
    public IReadOnlyDictionary<string, ModelCallCounts> Models { get; init; } = new Dictionary<string, ModelCallCounts>();

    /// <summary>Teachers that are asked no more, since they never answered.</summary>
    public IReadOnlyList<string> GivenUp { get; init; } = [];

    /// <summary>What has still to be finished before a stopping run ends, in words: decoded videos by name, then each stage that holds something; and the videos whose decoding is broken off.</summary>
    public string WaitedFor()
    {
        var held = Stages.Where(stage => stage.Inside > 0).Select(stage => $"{stage.Name} {stage.Inside}").ToArray();
        var decoding = AtWork.Where(work => work.Stage == "decode").Select(work => work.Item).ToHashSet(StringComparer.Ordinal);
        var (brokenOff, decoded) = (VideosInFlight.Where(decoding.Contains).ToArray(), VideosInFlight.Where(video => !decoding.Contains(video)).ToArray());
        return (decoded.Length, held.Length) switch
        {
            (0, 0) => "the last shards",
            (0, _) => $"in flight: {string.Join(", ", held)}",
            _ => $"{Named(decoded)}{(held.Length > 0 ? $", in flight: {string.Join(", ", held)}" : "")}",
        } + (brokenOff.Length > 0 ? $"; breaks off {Named(brokenOff)}" : "");
    }

    private static string Named(string[] videos) =>
        $"{videos.Length} {(videos.Length == 1 ? "video" : "videos")} ({string.Join(", ", videos.Take(VideosNamed))}{(videos.Length > VideosNamed ? $" and {videos.Length - VideosNamed} more" : "")})";
}
