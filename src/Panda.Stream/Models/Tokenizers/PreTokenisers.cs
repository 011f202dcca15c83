using System.Text;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>Cuts normalised text into the words that a model is given one by one.</summary>
/// <param name="text">Text that is not empty.</param>
/// <param name="first">Whether it is the beginning of the whole text.</param>
internal delegate IEnumerable<string> PreTokeniser(string text, bool first);

/// <summary>The pre_tokenizers of tokenizer.json.</summary>
internal static class PreTokenisers
{
    internal static PreTokeniser Read(JsonPart part) => part.Type switch
    {
        "Sequence" => Sequence([.. part["pretokenizers"].Items().Select(Read)]),
        "ByteLevel" => ByteLevel.Read(part),
        "Metaspace" => Metaspace.Read(part).PreTokeniser,
        "Whitespace" => (text, _) => Cutting.Cut(text, TextPatterns.Of(Rune.IsWhiteSpace), CutBehaviour.Removed).SelectMany(word => Cutting.Cut(word, TextPatterns.Of(RuneKinds.IsWord), CutBehaviour.Contiguous)),
        "WhitespaceSplit" => Cut(TextPatterns.Of(Rune.IsWhiteSpace), CutBehaviour.Removed),
        "Digits" => Cut(TextPatterns.Of(RuneKinds.IsNumber), part.Flag("individual_digits", false) ? CutBehaviour.Isolated : CutBehaviour.Contiguous),
        "Punctuation" => Cut(TextPatterns.Of(RuneKinds.IsPunctuation), part.Maybe("behavior") is null ? CutBehaviour.Isolated : Behaviour(part)),
        "Split" => Cut(TextPatterns.Read(part["pattern"]), Behaviour(part), part.Flag("invert", false)),
        "CharDelimiterSplit" => Cut(TextPatterns.Of(part.Text("delimiter")), CutBehaviour.Removed),
        "BertPreTokenizer" => Sequence([Cut(TextPatterns.Of(Rune.IsWhiteSpace), CutBehaviour.Removed), Cut(TextPatterns.Of(RuneKinds.IsPunctuation), CutBehaviour.Isolated)]),
        _ => throw part["type"].Wrong("Sequence, ByteLevel, Metaspace, Whitespace, WhitespaceSplit, Digits, Punctuation, Split, CharDelimiterSplit or BertPreTokenizer"),
    };

    private static PreTokeniser Sequence(PreTokeniser[] steps) => (text, first) =>
    {
        IEnumerable<string> pieces = [text];
        foreach (var step in steps)
            pieces = [.. pieces.SelectMany((piece, i) => step(piece, first && i == 0))];
        return pieces;
    };

    private static PreTokeniser Cut(TextPattern pattern, CutBehaviour behaviour, bool invert = false) => (text, _) => Cutting.Cut(text, pattern, behaviour, invert);

    private static CutBehaviour Behaviour(JsonPart part) => part.Text("behavior") switch
    {
        "Removed" => CutBehaviour.Removed,
        "Isolated" => CutBehaviour.Isolated,
        "MergedWithPrevious" => CutBehaviour.MergedWithPrevious,
        "MergedWithNext" => CutBehaviour.MergedWithNext,
        "Contiguous" => CutBehaviour.Contiguous,
        _ => throw part["behavior"].Wrong("Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous"),
    };
}
