using System.Text;
using System.Text.RegularExpressions;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>A token that is found in text before all else.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="IsSpecial">Whether it is left out of decoded text.</param>
/// <param name="StripLeft">Whether it swallows blanks before it.</param>
/// <param name="StripRight">Whether it swallows blanks after it.</param>
/// <param name="SingleWord">Whether it counts only where no letter, digit or the like touches it.</param>
/// <param name="Normalised">Whether it is looked for in normalised text, itself normalised.</param>
internal sealed record AddedToken(int Id, string Content, bool IsSpecial, bool StripLeft, bool StripRight, bool SingleWord, bool Normalised);

/// <summary>Added tokens that are looked for together.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<string, AddedToken> _byContent = [];
    private readonly Regex? _pattern;

    internal AddedTokens(IEnumerable<(string Content, AddedToken Token)> tokens)
    {
        foreach (var (content, token) in tokens.Where(token => token.Content.Length > 0))
            _byContent[content] = token;
        // The longest first, so that of two tokens that begin alike the longer is found.
        if (_byContent.Count > 0)
            _pattern = new Regex(string.Join('|', _byContent.Keys.OrderByDescending(content => content.Length).Select(Regex.Escape)), RegexOptions.CultureInvariant);
    }

    /// <summary>The text in pieces: ordinary text, or an added token's id.</summary>
    internal IEnumerable<(string Text, int? Token)> Split(string text)
    {
        var start = 0;
        for (var match = _pattern?.Match(text); match is { Success: true }; match = match.NextMatch())
        {
            var (begin, end) = (match.Index, match.Index + match.Length);
            var token = _byContent[match.Value];
            if (begin < start || (token.SingleWord && (IsWord(Before(text, begin)) || IsWord(After(text, end)))))
                continue;
            while (token.StripLeft && begin > start && char.IsWhiteSpace(text[begin - 1]))
                begin--;
            while (token.StripRight && end < text.Length && char.IsWhiteSpace(text[end]))
                end++;
            if (begin > start)
                yield return (text[start..begin], null);
            yield return (match.Value, token.Id);
            start = end;
        }
        if (start < text.Length)
            yield return (start == 0 ? text : text[start..], null);
    }

    private static bool IsWord(Rune? rune) => rune is { } some && RuneKinds.IsWord(some);

    private static Rune? Before(string text, int index) => Rune.DecodeLastFromUtf16(text.AsSpan(0, index), out var rune, out _) == System.Buffers.OperationStatus.Done ? rune : null;

    private static Rune? After(string text, int index) => Rune.TryGetRuneAt(text, Math.Min(index, text.Length - 1), out var rune) && index < text.Length ? rune : null;
}
