using Panda.Stream.Models;
using Panda.Stream.Models.Tokenizers;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Selection;

/// <summary>Captions to a matcher's text input: ids, cut and padded, with their mask.</summary>
internal sealed class TextTower
{
    private readonly TokenizerCard _card;
    private readonly Tokenizer _tokenizer;
    private readonly int _padding;

    internal TextTower(TokenizerCard card, Tokenizer tokenizer)
    {
        (_card, _tokenizer) = (card, tokenizer);
        _padding = tokenizer.PaddingId!.Value;
    }

    /// <summary>Both are [captions, tokens].</summary>
    internal (OnnxValue Ids, OnnxValue Mask) Encode(IReadOnlyList<string> captions)
    {
        var rows = captions.Select(caption => _tokenizer.Encode(_card.Clean?.Apply(caption) ?? caption, specials: true, _card.MaxTokens ?? int.MaxValue)).ToArray();
        var length = _card is { Pad: true, MaxTokens: { } fixedLength } ? fixedLength : Math.Max(1, rows.Max(row => row.Count));
        var ids = OnnxValue.Allocate<long>(rows.Length, length);
        var mask = OnnxValue.Allocate<long>(rows.Length, length);
        ids.Data<long>().Fill(_padding);
        mask.Data<long>().Clear();
        for (var i = 0; i < rows.Length; i++)
        {
            var start = i * length + (_tokenizer.PaddingSide == TextSide.Left ? length - rows[i].Count : 0);
            for (var j = 0; j < rows[i].Count; j++)
            {
                ids.Data<long>()[start + j] = rows[i][j];
                mask.Data<long>()[start + j] = 1;
            }
        }
        return (ids, mask);
    }
}
