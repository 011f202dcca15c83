using System.Text.RegularExpressions;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>A token that is found in text before all else.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="IsSpecial">Whether it is left out of decoded text.</param>
/// <param name="StripLeft">Whether it swallows blanks before it.</param>
/// <param name="StripRight">Whether it swallows blanks after it.</param>
internal sealed record AddedToken(int Id, string Content, bool IsSpecial, bool StripLeft, bool StripRight);

/// <summary>The tokens that a tokenizer has beside its model's vocabulary, or that must never be cut.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<string, AddedToken> _byContent;
    private readonly HashSet<int> _specials;
    private readonly Regex? _pattern;

    internal AddedTokens(IReadOnlyList<AddedToken> tokens)
    {
        All = tokens;
        _byContent = tokens.ToDictionary(token => token.Content);
        _specials = [.. tokens.Where(token => token.IsSpecial).Select(token => token.Id)];
        // The longest first, so that of two tokens that begin alike the longer is found.
        if (tokens.Count > 0)
            _pattern = new Regex(string.Join('|', tokens.OrderByDescending(token => token.Content.Length).Select(token => Regex.Escape(token.Content))), RegexOptions.CultureInvariant);
    }

    internal IReadOnlyList<AddedToken> All { get; }

    internal int? IdOf(string content) => _byContent.GetValueOrDefault(content)?.Id;

    internal bool IsSpecial(int id) => _specials.Contains(id);

    /// <summary>The text in pieces: ordinary text, or an added token's id.</summary>
    internal IEnumerable<(string Text, int? Token)> Split(string text)
    {
        var start = 0;
        for (var match = _pattern?.Match(text); match is { Success: true }; match = match.NextMatch())
        {
            var token = _byContent[match.Value];
            var before = match.Index > start ? text[start..match.Index] : "";
            if (token.StripLeft)
                before = before.TrimEnd();
            if (before.Length > 0)
                yield return (before, null);
            yield return (match.Value, token.Id);
            start = match.Index + match.Length;
            while (token.StripRight && start < text.Length && char.IsWhiteSpace(text[start]))
                start++;
        }
        if (start < text.Length)
            yield return (text[start..], null);
    }
}
