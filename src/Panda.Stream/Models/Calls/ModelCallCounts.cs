namespace Panda.Stream.Models.Calls;

/// <summary>How the calls of one model went.</summary>
/// <param name="Calls">Calls made, those that failed counted in.</param>
/// <param name="OutOfMemory">Of these, how many ran out of memory.</param>
/// <param name="PastDeadline">Of these, how many were ended at their deadline.</param>
/// <param name="TriedAlone">Items that were tried again by themselves because their batch had failed.</param>
/// <param name="LargestBatch">Items that it is given at once at present, for want of memory; null while memory has sufficed.</param>
public sealed record ModelCallCounts(long Calls, long OutOfMemory, long PastDeadline, long TriedAlone, int? LargestBatch)
{
    /// <summary>Those of all replicas of a model; the largest batch is the least of theirs.</summary>
    internal static ModelCallCounts Sum(IEnumerable<ModelCallCounts> counts) => counts.Aggregate((one, other) => new(
        one.Calls + other.Calls, one.OutOfMemory + other.OutOfMemory, one.PastDeadline + other.PastDeadline, one.TriedAlone + other.TriedAlone,
        one.LargestBatch is { } least && !(other.LargestBatch < least) ? least : other.LargestBatch));
}
