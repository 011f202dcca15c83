using Panda.Stream.Config;

namespace Panda.Stream.Models;

/// <summary>A model cannot be used as its card describes it; every mistake that was found, with line and column of the card.</summary>
public sealed class ModelCardException(IReadOnlyList<Diagnostic> diagnostics) : Exception(string.Join(Environment.NewLine, diagnostics))
{
    public IReadOnlyList<Diagnostic> Diagnostics { get; } = diagnostics;
}
