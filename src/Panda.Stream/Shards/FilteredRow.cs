namespace Panda.Stream.Shards;

/// <summary>A clip that was captioned and then left out by a filter: a row of <c>filtered/</c>, the clip's own columns and why.</summary>
/// <param name="Filter">The key below <c>select</c> that asked for it.</param>
/// <param name="Reason">Why, in words and figures.</param>
public sealed record FilteredRow(ClipRow Clip, string Filter, string Reason);
