using Panda.Stream.Models.Devices;

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

    /// <summary>Where sessions run; null where nobody would take up the work of one that fails.</summary>
    public ModelDevice? Device { get; init; }

    /// <summary>Told of every call of a session, after it.</summary>
    public Action<SessionCall>? Called { get; init; }
}

/// <summary>One call of a session.</summary>
/// <param name="Model">The card's name.</param>
/// <param name="Session">Its name in the card.</param>
/// <param name="Inputs">Every input with type and shape; likewise the next.</param>
/// <param name="Outputs">The outputs that were asked for.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record SessionCall(string Model, string Session, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, TimeSpan Elapsed);
