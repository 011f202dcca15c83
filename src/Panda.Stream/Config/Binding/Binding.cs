namespace Panda.Stream.Config.Binding;

/// <summary>What accumulates while nodes are bound to records, the errors and the places; and the record that all is bound to.</summary>
internal sealed record Binding(RecordShape Root, List<Diagnostic> Diagnostics, Locations Locations)
{
    /// <summary>Reports an error at a node and gives false, so that a failing bind is one statement.</summary>
    public bool Fail(ConfigNode node, DiagnosticCode code, string path, string message)
    {
        Locations.MarkUnsound(path);
        Diagnostics.Add(new(node.At, code, path.Length == 0 ? message : $"{path}: {message}"));
        return false;
    }

    public bool WrongType(ConfigNode node, string path, Shape shape) =>
        Fail(node, DiagnosticCode.WrongType, path, $"found {node.Found}, expected {shape.Expected}");

    public bool OutOfRange(ConfigNode node, string path, string found, Shape shape) =>
        Fail(node, DiagnosticCode.OutOfRange, path, $"found {found}, expected {shape.Expected}");
}
