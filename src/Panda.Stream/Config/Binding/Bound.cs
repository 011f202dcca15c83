namespace Panda.Stream.Config.Binding;

/// <summary>What binding a file gave: the records and where each of their values was written, or every error.</summary>
/// <param name="Value">Null when there are diagnostics.</param>
/// <param name="Locations">For checks that come after, so that they too report line and column.</param>
/// <param name="Diagnostics">All errors, in the order of the file.</param>
public sealed record Bound<T>(T? Value, Locations Locations, IReadOnlyList<Diagnostic> Diagnostics) where T : class
{
    /// <summary>Also when there are errors: what of the value was sound, defaults in place of the rest; null when a required key lacks.</summary>
    internal T? Draft { get; init; }
}
