using Panda.Stream.Captioning;

namespace Panda.Stream.Shards;

/// <summary>A video or clip that did not get through: a row of <c>failed/</c>.</summary>
public sealed record FailedRow
{
    public required FailedKind Kind { get; init; }

    /// <summary>The video's or the clip's identity.</summary>
    public required string Id { get; init; }

    public required string Source { get; init; }
    public required string Stage { get; init; }
    public required string Reason { get; init; }

    /// <summary>How many frames had been decoded when it failed; null when it never came to decoding.</summary>
    public int? FramesReached { get; init; }

    /// <summary>Time of the last frame that had been decoded, or where the clip ends.</summary>
    public double? SecondsReached { get; init; }

    public string? Detail { get; init; }

    /// <summary>Where in the code it came to that; null where nothing was thrown.</summary>
    public string? Stack { get; init; }

    /// <summary>The shell command that runs this input alone with the same settings.</summary>
    public string? Reproduce { get; init; }

    /// <summary>What the teachers had answered; null when the clip failed before them.</summary>
    public IReadOnlyList<Candidate>? Candidates { get; init; }
}

/// <summary>What failed.</summary>
public enum FailedKind
{
    Video,
    Clip,
}
