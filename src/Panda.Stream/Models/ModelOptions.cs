namespace Panda.Stream.Models;

/// <summary>How models are run, whatever their cards say.</summary>
public sealed record ModelOptions
{
    public static ModelOptions Default { get; } = new();

    /// <summary>Threads that may work on one operator of one session; 1 runs it on the caller's thread.</summary>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>How long one call on a batch may take; null for ever.</summary>
    public TimeSpan? CallDeadline { get; init; }

    /// <summary>The clock of deadlines.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
