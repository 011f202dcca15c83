using Panda.Stream.Models.Calls;

namespace Panda.Stream.Graph;

/// <summary>A run at one moment, for those who watch.</summary>
/// <param name="Stopping">The user has asked it to stop: what is in flight is being finished.</param>
/// <param name="Elapsed">Since its start.</param>
/// <param name="VideosIn">Videos that it was given.</param>
/// <param name="VideosEnded">Of these, done or failed.</param>
/// <param name="VideoSeconds">Length of the videos that have ended.</param>
/// <param name="Stages">The stages in the order in which the data flows; those of all lanes taken together.</param>
/// <param name="AtWork">What the stages work on now, in the same order.</param>
/// <param name="Models">How the calls of each model went so far, by its name.</param>
public sealed record RunSnapshot(
    bool Stopping, TimeSpan Elapsed, int VideosIn, int VideosEnded, double VideoSeconds, IReadOnlyList<StageCount> Stages,
    IReadOnlyList<AtWork> AtWork, IReadOnlyDictionary<string, ModelCallCounts> Models);
