namespace Panda.Stream.Config;

/// <summary>How errors of a configuration reach the user: one a line, a count, and exit code 2 before anything has started.</summary>
public static class ConfigErrors
{
    public const int ExitCode = 2;

    /// <summary>What <c>panda validate</c> does: prints every error of a configuration, or that there is none.</summary>
    /// <returns>0 or <see cref="ExitCode"/>.</returns>
    public static int Validate(string path, IReadOnlyList<Override> overrides, TextWriter to)
    {
        ArgumentNullException.ThrowIfNull(to);
        var exitCode = Print(PipelineConfig.Load(path, overrides).Diagnostics, path, to);
        if (exitCode == 0)
            to.WriteLine($"{path}: no errors");
        return exitCode;
    }

    /// <summary>Prints the errors and how many there are; nothing when there is none.</summary>
    /// <returns>0 or <see cref="ExitCode"/>.</returns>
    public static int Print(IReadOnlyList<Diagnostic> diagnostics, string path, TextWriter to)
    {
        ArgumentNullException.ThrowIfNull(diagnostics);
        ArgumentNullException.ThrowIfNull(to);
        if (diagnostics.Count == 0)
            return 0;
        foreach (var diagnostic in diagnostics)
            to.WriteLine(diagnostic);
        to.WriteLine($"{path}: {diagnostics.Count} {(diagnostics.Count == 1 ? "error" : "errors")}");
        return ExitCode;
    }
}
