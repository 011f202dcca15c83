namespace Panda.Stream.Config;

/// <summary>The kinds of diagnostics, printed as <c>PSnnn</c>. The numbers are a contract: they are never changed nor used again.</summary>
public enum DiagnosticCode
{
    /// <summary>PS101: the file is missing, unreadable, empty, too large or not UTF-8.</summary>
    UnreadableFile = 101,

    /// <summary>PS102: the text is not YAML, or uses what a configuration has no use for (tags, a second document, nesting without end).</summary>
    Syntax = 102,

    /// <summary>PS103: a key stands twice in one mapping; the message points back to the first.</summary>
    DuplicateKey = 103,

    /// <summary>PS104: a name that is none of those allowed here: a key, a word or a model.</summary>
    UnknownName = 104,

    /// <summary>PS105: a key that has no default is absent.</summary>
    MissingKey = 105,

    /// <summary>PS106: a value of another type, such as text where a number belongs.</summary>
    WrongType = 106,

    /// <summary>PS107: a value of the right type outside the allowed range or length.</summary>
    OutOfRange = 107,

    /// <summary>PS108: two values that cannot both hold, such as a shortest clip above the longest.</summary>
    Conflict = 108,

    /// <summary>PS109: a file or folder that a key names is missing or cannot be used.</summary>
    UnusablePath = 109,

    /// <summary>PS110: a model whose card cannot be read or says another kind than is needed.</summary>
    UnfitModel = 110,

    /// <summary>PS111: a command-line override that is not of the form <c>key.key=value</c>.</summary>
    MalformedOverride = 111,
}
