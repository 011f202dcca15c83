namespace Panda.Stream.Config.Binding;

/// <summary>A value as it was written, before it is known what it should be. Unlike YamlDotNet's own nodes, each knows its source too, so that a command-line override is reported as what the user typed.</summary>
public abstract record ConfigNode(Location At)
{
    /// <summary>What stands there, in the words of a message: "found ..., expected ...".</summary>
    public abstract string Found { get; }
}

/// <param name="At">Where it stands.</param>
/// <param name="Text">The text, unquoted.</param>
/// <param name="Quoted">Quoted text is never a number, a truth value or nothing.</param>
public sealed record ScalarNode(Location At, string Text, bool Quoted) : ConfigNode(At)
{
    public bool IsNull => !Quoted && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Found => IsNull ? "nothing" : Quoted ? $"the quoted text {Quote(Text)}" : Quote(Text);

    /// <summary>Text for a message: on one line, short, in single quotes.</summary>
    internal static string Quote(string text)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));
        return line.Length <= 60 ? $"'{line}'" : $"'{line[..57]}...'";
    }
}

public sealed record ListNode(Location At, IReadOnlyList<ConfigNode> Items) : ConfigNode(At)
{
    public override string Found => "a list";
}

/// <summary>Keys in the order written, each once: the reader reports and drops the second site of a key.</summary>
public sealed record MapNode(Location At, IReadOnlyList<MapEntry> Entries) : ConfigNode(At)
{
    public override string Found => "a mapping";
}

public readonly record struct MapEntry(ScalarNode Key, ConfigNode Value);
