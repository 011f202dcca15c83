using System.Globalization;
using System.Text;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>The tokens &lt;0x00&gt; to &lt;0xFF&gt; that stand for the bytes of what a vocabulary has no token for.</summary>
internal sealed class ByteTokens
{
    private readonly int[] _ids;

    private ByteTokens(int[] ids) => _ids = ids;

    /// <summary>Null when a model does not fall back to bytes.</summary>
    internal static ByteTokens? Read(JsonPart model, IReadOnlyDictionary<string, int> vocabulary) => !model.Flag("byte_fallback", false)
        ? null
        : new([.. Enumerable.Range(0, 256).Select(value => vocabulary.TryGetValue($"<0x{value:X2}>", out var id)
            ? id
            : throw model["byte_fallback"].Wrong($"false, or <0x00> to <0xFF> in model.vocab, which has no <0x{value:X2}>"))]);

    internal static byte? ValueOf(string token) =>
        token is ['<', '0', 'x', _, _, '>'] && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;

    internal void Add(ReadOnlySpan<char> text, List<int> ids)
    {
        foreach (var value in Encoding.UTF8.GetBytes(text.ToString()))
            ids.Add(_ids[value]);
    }
}
