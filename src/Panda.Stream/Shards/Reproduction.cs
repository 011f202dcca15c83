namespace Panda.Stream.Shards;

/// <summary>The command that made a result, with a place in it for one input.</summary>
/// <param name="Before">Its words before the input.</param>
/// <param name="After">Its words after it.</param>
public sealed record Reproduction(IReadOnlyList<string> Before, IReadOnlyList<string> After)
{
    /// <summary>Where the results of a reproduction go: not to those that it is to explain.</summary>
    public const string Output = "panda-reproduce";

    /// <summary>The command for one input, quoted for a POSIX shell as far as it has no control characters, else for bash.</summary>
    public string Of(string source) => ShellText.Join([.. Before, source, .. After]);
}
