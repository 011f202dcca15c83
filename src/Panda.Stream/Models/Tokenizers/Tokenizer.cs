using System.Text;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>Text to token ids and back, as a <c>tokenizer.json</c> of the Hugging Face ecosystem says. Safe for use by several threads at once.</summary>
public sealed class Tokenizer
{
    private readonly Normaliser _normaliser;
    private readonly PreTokeniser _words;
    private readonly ITokenModel _model;
    private readonly TokenDecoder _decoder;
    private readonly Template _template;
    private readonly AddedTokens _inRawText, _inNormalText;
    private readonly Dictionary<string, int> _addedIds = [];
    private readonly HashSet<int> _specials;
    private readonly Dictionary<int, string> _texts = [];
    private readonly int? _padding;

    internal Tokenizer(
        Normaliser normaliser, PreTokeniser words, ITokenModel model, TokenDecoder decoder, Template template, IReadOnlyList<AddedToken> added,
        TextSide truncationSide, TextSide paddingSide, int? padding)
    {
        (_normaliser, _words, _model, _decoder, _template, TruncationSide, PaddingSide, _padding) = (normaliser, words, model, decoder, template, truncationSide, paddingSide, padding);
        _inRawText = new(added.Where(token => !token.Normalised).Select(token => (token.Content, token)));
        _inNormalText = new(added.Where(token => token.Normalised).Select(token => (normaliser(token.Content), token)));
        _specials = [.. added.Where(token => token.IsSpecial).Select(token => token.Id)];
        foreach (var (text, id) in model.Vocabulary)
            if (!_texts.TryAdd(id, text))
                throw new TokenizerException($"model.vocab: found id {id} for '{_texts[id]}' and '{text}', expected it once");
        foreach (var token in added)
            (_texts[token.Id], _addedIds[token.Content]) = (token.Content, token.Id);
        LargestId = _texts.Keys.DefaultIfEmpty(-1).Max();
    }

    /// <summary>The largest id it can give: a model's embedding must have more rows than this.</summary>
    public int LargestId { get; }

    /// <summary>The id that fills up short rows: what the file's padding says, else that of <c>[PAD]</c> or <c>&lt;pad&gt;</c>; null when there is none.</summary>
    public int? PaddingId => _padding ?? IdOf("[PAD]") ?? IdOf("<pad>");

    /// <summary>Where the file wants long texts cut; the length is the caller's.</summary>
    public TextSide TruncationSide { get; }

    /// <summary>Where the file wants short rows filled up; the length is the caller's.</summary>
    public TextSide PaddingSide { get; }

    /// <exception cref="TokenizerException">The file is missing, is no tokenizer or is of a kind that is not known here.</exception>
    public static Tokenizer Load(string path) => TokenizerFile.Load(path);

    /// <summary>The id of one token, special or not; null when there is no such token.</summary>
    public int? IdOf(string token) => _addedIds.TryGetValue(token, out var id) || _model.Vocabulary.TryGetValue(token, out id) ? id : null;

    /// <summary>The ids of a text.</summary>
    /// <param name="text">Any text; added tokens such as <c>&lt;/s&gt;</c> in it become their ids, halves of surrogate pairs count as U+FFFD.</param>
    /// <param name="specials">Whether to add the tokens that the file wants around a text, such as [CLS] and [SEP].</param>
    /// <param name="maxTokens">The text is cut so that all ids together are at most this many.</param>
    /// <param name="cutAt">The end that is cut; null means <see cref="TruncationSide"/>.</param>
    public IReadOnlyList<int> Encode(string text, bool specials = true, int maxTokens = int.MaxValue, TextSide? cutAt = null)
    {
        var ids = new List<int>();
        var first = true;
        foreach (var (raw, token) in _inRawText.Split(WellFormed(text)))
        {
            if (token is { } id)
                ids.Add(id);
            else
                EncodeNormal(_normaliser(raw), first, ids);
            first = false;
        }

        var around = specials ? _template : Template.Empty;
        var surplus = ids.Count - Math.Max(0, maxTokens - around.Prefix.Count - around.Suffix.Count);
        if (surplus > 0)
            ids.RemoveRange((cutAt ?? TruncationSide) == TextSide.Left ? 0 : ids.Count - surplus, surplus);
        return around == Template.Empty ? ids : [.. around.Prefix.Concat(ids).Concat(around.Suffix).Take(maxTokens)];
    }

    /// <summary>The text of ids; special tokens and ids that stand for nothing are left out.</summary>
    public string Decode(IEnumerable<int> ids) =>
        string.Concat(_decoder(ids.Where(id => !_specials.Contains(id)).Select(id => _texts.GetValueOrDefault(id)).OfType<string>()));

    private void EncodeNormal(string text, bool first, List<int> ids)
    {
        foreach (var (piece, token) in _inNormalText.Split(text))
        {
            if (token is { } id)
            {
                ids.Add(id);
            }
            else
            {
                foreach (var word in _words(piece, first))
                    _model.Encode(word, ids);
            }
            first = false;
        }
    }

    private static string WellFormed(string text) => text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;
}
