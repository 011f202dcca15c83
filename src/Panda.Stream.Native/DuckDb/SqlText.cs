namespace Panda.Stream.Native.DuckDb;

/// <summary>Text put into SQL where a parameter cannot stand: file names of COPY and read_parquet, column names.</summary>
public static class SqlText
{
    /// <summary>A string literal: <c>it's</c> becomes <c>'it''s'</c>.</summary>
    /// <exception cref="ArgumentException">The text holds a NUL, where C would end the statement.</exception>
    public static string Literal(string text) => Quote(text, '\'');

    /// <summary>A quoted identifier.</summary>
    public static string Name(string text) => Quote(text, '"');

    /// <summary>A literal for read_parquet that names one file, however many of <c>* ? [</c> its path holds.</summary>
    public static string File(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Literal(string.Concat(path.Select(letter => letter is '*' or '?' or '[' ? $"[{letter}]" : $"{letter}")));
    }

    private static string Quote(string text, char quote)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Contains('\0'))
            throw new ArgumentException("SQL text: found a NUL character, expected none");
        return $"{quote}{text.Replace($"{quote}", $"{quote}{quote}", StringComparison.Ordinal)}{quote}";
    }
}
