namespace Panda.Stream.Config;

/// <summary>One value set on the command line, on top of the file.</summary>
public sealed record Override
{
    private Override(string shown, string? key, string value, bool yaml) => (Shown, Key, Value, IsYaml) = (shown, key, value, yaml);

    /// <summary>The argument as it was typed: the place that diagnostics name.</summary>
    public string Shown { get; }

    /// <summary>The key's path, such as <c>split.stitch</c>; null when the argument is not of the form key=value.</summary>
    internal string? Key { get; }

    internal string Value { get; }

    /// <summary>Whether the value is read as YAML: lists, mappings and quoted text. A bare word stays as it is, so that *.mp4 is no alias.</summary>
    internal bool IsYaml { get; }

    /// <summary><c>--set split.stitch=0.5</c>, <c>--set caption.teachers=[a,b]</c>.</summary>
    public static Override Set(string argument)
    {
        ArgumentNullException.ThrowIfNull(argument);
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        var key = equals < 0 ? "" : argument[..equals].Trim();
        var value = argument[(equals + 1)..].Trim();
        return new($"--set {argument}", key.Split('.').All(part => part.Length > 0) ? key : null, value, value is ['[' or '{' or '"' or '\'', ..]);
    }

    /// <summary>An option of its own for a key, such as <c>--input FOLDER</c> for <c>input</c>: the value is taken as it is.</summary>
    public static Override Option(string option, string key, string value) => new($"{option} {value}", key, value, yaml: false);
}
