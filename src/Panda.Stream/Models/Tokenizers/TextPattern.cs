using System.Text;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>Finds places in text, from left to right, none empty.</summary>
internal delegate IReadOnlyList<(int Start, int End)> TextPattern(string text);

internal static class TextPatterns
{
    /// <summary>Every character of a kind, each for itself.</summary>
    internal static TextPattern Of(Func<Rune, bool> kind) => text =>
    {
        var found = new List<(int, int)>();
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (kind(rune))
                found.Add((at, at + rune.Utf16SequenceLength));
            at += rune.Utf16SequenceLength;
        }
        return found;
    };

    internal static TextPattern Of(string wanted) => text =>
    {
        var found = new List<(int, int)>();
        for (var at = 0; (at = text.IndexOf(wanted, at, StringComparison.Ordinal)) >= 0; at += wanted.Length)
            found.Add((at, at + wanted.Length));
        return found;
    };

    /// <summary>Reads <c>{"String": "..."}</c> or <c>{"Regex": "..."}</c>; old files have the text alone.</summary>
    internal static TextPattern Read(JsonPart part)
    {
        if (part.Json.ValueKind == System.Text.Json.JsonValueKind.String || part.Maybe("String") is not null)
        {
            var wanted = part.Json.ValueKind == System.Text.Json.JsonValueKind.String ? part : part["String"];
            return wanted.Text().Length > 0 ? Of(wanted.Text()) : throw wanted.Wrong("text that is not empty");
        }
        if (part.Maybe("Regex") is not { } regex)
            throw part.Wrong("a String or a Regex");
        try
        {
            return new RunePattern(regex.Text()).Find;
        }
        catch (ArgumentException error)
        {
            throw regex.Wrong($"a regular expression that is known here ({error.Message})");
        }
    }

    internal static string Replace(string text, TextPattern pattern, string content)
    {
        var found = pattern(text);
        if (found.Count == 0)
            return text;
        var result = new StringBuilder(text.Length);
        var last = 0;
        foreach (var (start, end) in found)
        {
            result.Append(text, last, start - last).Append(content);
            last = end;
        }
        return result.Append(text, last, text.Length - last).ToString();
    }
}
