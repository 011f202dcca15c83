using Panda.Stream.Shards;

namespace Panda.Stream.Config;

/// <summary>One thing that is wrong with a configuration or a model card: where, which kind, what was found and what was expected.</summary>
public sealed record Diagnostic(Location At, DiagnosticCode Code, string Message)
{
    /// <summary>The form that editors and build logs turn into a link: <c>pipeline.yaml(17,5): error PS104: ...</c>; one line, whatever the file holds.</summary>
    public override string ToString() => TerminalText.Harmless($"{At}: error PS{(int)Code}: {Message}");
}
