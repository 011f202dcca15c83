namespace Panda.Stream.Models.Devices;

/// <summary>What a device of a run did.</summary>
/// <param name="Threads">Of each call.</param>
/// <param name="Calls">Batches.</param>
/// <param name="Items">In these.</param>
/// <param name="BusySeconds">That it worked on them.</param>
/// <param name="Fault">Why it was given up; null when it was not.</param>
public sealed record DeviceCounts(string Name, int Threads, long Calls, long Items, double BusySeconds, string? Fault);
