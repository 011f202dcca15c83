namespace Panda.Stream.Models.Tokenizers;

/// <summary>SentencePiece's way with blanks: each becomes a visible sign, which also leads the text or the words.</summary>
internal sealed class Metaspace
{
    private enum Prepend { Always, First, Never }

    private readonly string _sign;
    private readonly Prepend _prepend;
    private readonly bool _split;

    private Metaspace(string sign, Prepend prepend, bool split) => (_sign, _prepend, _split) = (sign, prepend, split);

    internal static Metaspace Read(JsonPart part)
    {
        var sign = part.Maybe("replacement")?.Text() ?? "\u2581";
        if (sign.Length != 1)
            throw part["replacement"].Wrong("one character");
        // Files before 2024 have a flag where there are now three ways.
        var prepend = part.Maybe("prepend_scheme") is not { } scheme
            ? part.Flag("add_prefix_space", true) ? Prepend.Always : Prepend.Never
            : scheme.Text() switch
            {
                "always" => Prepend.Always,
                "first" => Prepend.First,
                "never" => Prepend.Never,
                _ => throw scheme.Wrong("always, first or never"),
            };
        return new(sign, prepend, part.Flag("split", true));
    }

    internal IEnumerable<string> PreTokeniser(string text, bool first)
    {
        text = text.Replace(" ", _sign, StringComparison.Ordinal);
        if (!text.StartsWith(_sign, StringComparison.Ordinal) && (_prepend == Prepend.Always || (_prepend == Prepend.First && first)))
            text = _sign + text;
        return _split ? Cutting.Cut(text, TextPatterns.Of(_sign), CutBehaviour.MergedWithNext) : [text];
    }

    /// <summary>The signs become blanks again; those of the first token go, unless none was ever put there.</summary>
    internal IEnumerable<string> Decoder(IEnumerable<string> tokens) =>
        tokens.Select((token, i) => token.Replace(_sign, i == 0 && _prepend != Prepend.Never ? "" : " ", StringComparison.Ordinal));
}
