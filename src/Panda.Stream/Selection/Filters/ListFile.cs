namespace Panda.Stream.Selection.Filters;

/// <summary>A list of words or names cannot be used; the message names the file, the line, what was found and what was expected.</summary>
public sealed class ListFileException(string message) : Exception(message);

/// <summary>Lists of words and names: UTF-8 text, with remarks from # on.</summary>
internal static class ListFile
{
    /// <summary>The lines that say something, without remarks and outer blanks, each with its number from 1.</summary>
    /// <exception cref="ListFileException">The file cannot be read.</exception>
    internal static List<(int Number, string Text)> Read(string path)
    {
        try
        {
            return [.. File.ReadLines(path).Select((line, index) => (index + 1, line.Split('#')[0].Trim())).Where(line => line.Item2.Length > 0)];
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new ListFileException($"{path}: found no list that can be read ({reason.Message}), expected a text file");
        }
    }

    internal static ListFileException Unfit(string path, int line, string found, string expected) =>
        new($"{path}({line}): found '{found}', expected {expected}");
}
