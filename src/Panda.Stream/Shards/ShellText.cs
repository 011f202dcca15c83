using System.Buffers;
using System.Text;

namespace Panda.Stream.Shards;

/// <summary>Words quoted so that a shell takes each as it is, whatever is in it.</summary>
internal static class ShellText
{
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:=,@%+-");

    internal static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    internal static string Quote(string word) =>
        word.Length > 0 && !word.AsSpan().ContainsAnyExcept(Plain) ? word
        : word.Any(char.IsControl) ? WithEscapes(word)
        : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    // $'...' knows control characters by their bytes, so that none reaches a terminal.
    private static string WithEscapes(string word)
    {
        var text = new StringBuilder("$'");
        foreach (var letter in word)
        {
            if (char.IsControl(letter))
                foreach (var one in Encoding.UTF8.GetBytes([letter]))
                    text.Append('\\').Append(Convert.ToString(one, 8).PadLeft(3, '0'));
            else if (letter is '\'' or '\\')
                text.Append('\\').Append(letter);
            else
                text.Append(letter);
        }
        return text.Append('\'').ToString();
    }
}
