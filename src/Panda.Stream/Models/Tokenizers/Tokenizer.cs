namespace Panda.Stream.Models.Tokenizers;

/// <summary>Text to token ids and back, as a <c>tokenizer.json</c> of the Hugging Face ecosystem says. Safe for use by several threads at once.</summary>
public sealed class Tokenizer
{
    private readonly ITokenModel _model;
    private readonly AddedTokens _added;
    private readonly IReadOnlyList<int> _prefix, _suffix;
    private readonly Dictionary<int, string> _texts;

    internal Tokenizer(ITokenModel model, AddedTokens added, IReadOnlyList<int> prefix, IReadOnlyList<int> suffix)
    {
        (_model, _added, _prefix, _suffix) = (model, added, prefix, suffix);
        _texts = model.Vocabulary.ToDictionary(token => token.Value, token => token.Key);
        foreach (var token in added.All)
            _texts[token.Id] = token.Content;
        LargestId = _texts.Keys.DefaultIfEmpty(-1).Max();
    }

    /// <summary>The largest id it can give: a model's embedding must have more rows than this.</summary>
    public int LargestId { get; }

    /// <summary>The id that fills up short rows: that of <c>[PAD]</c> or <c>&lt;pad&gt;</c>; null when there is neither.</summary>
    public int? PaddingId => IdOf("[PAD]") ?? IdOf("<pad>");

    /// <exception cref="TokenizerException">The file is missing, is no tokenizer or is of a kind that is not known here.</exception>
    public static Tokenizer Load(string path) => TokenizerFile.Load(path);

    /// <summary>The id of one token, special or not; null when there is no such token.</summary>
    public int? IdOf(string token) => _added.IdOf(token) ?? (_model.Vocabulary.TryGetValue(token, out var id) ? id : null);

    /// <summary>The ids of a text.</summary>
    /// <param name="text">Any text; added tokens such as <c>&lt;/s&gt;</c> in it become their ids.</param>
    /// <param name="specials">Whether to add the tokens that the file wants around a text, such as [CLS] and [SEP].</param>
    /// <param name="maxTokens">The text is cut at its end so that all ids together are at most this many.</param>
    public IReadOnlyList<int> Encode(string text, bool specials = true, int maxTokens = int.MaxValue)
    {
        var ids = new List<int>(specials ? _prefix : []);
        foreach (var (piece, token) in _added.Split(text))
        {
            if (token is { } id)
                ids.Add(id);
            else
                _model.Encode(piece, ids);
        }
        var room = Math.Max(0, maxTokens - (specials ? _suffix.Count : 0));
        if (ids.Count > room)
            ids.RemoveRange(room, ids.Count - room);
        if (specials)
            ids.AddRange(_suffix);
        return ids;
    }

    /// <summary>The text of ids; special tokens and ids that stand for nothing are left out.</summary>
    public string Decode(IEnumerable<int> ids) =>
        _model.Decode(ids.Where(id => !_added.IsSpecial(id)).Select(id => _texts.GetValueOrDefault(id)).OfType<string>());
}
