using Panda.Stream.Config;

namespace Panda.Stream.Models;

/// <summary>A model cannot be used as its card describes it; every mistake that was found, with line and column of the card.</summary>
public class ModelCardException(IReadOnlyList<Diagnostic> diagnostics) : Exception(string.Join(Environment.NewLine, diagnostics))
{
    public IReadOnlyList<Diagnostic> Diagnostics { get; } = diagnostics;
}

/// <summary>A device has no room for a model, which may go well on another.</summary>
public sealed class NoRoomException(IReadOnlyList<Diagnostic> diagnostics) : ModelCardException(diagnostics);
