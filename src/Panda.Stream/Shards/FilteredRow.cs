namespace Panda.Stream.Shards;

/// <summary>A clip that was captioned and then left out by a filter: a row of <c>filtered/</c>, the clip's own columns and why.</summary>
public sealed record FilteredRow(ClipRow Clip, string Reason);
