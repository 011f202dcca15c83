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

    public string? Detail { get; init; }

    /// <summary>What the teachers had answered; null when the clip failed before them.</summary>
    public IReadOnlyList<Candidate>? Candidates { get; init; }
}

/// <summary>What failed.</summary>
public enum FailedKind
{
    Video,
    Clip,
}
