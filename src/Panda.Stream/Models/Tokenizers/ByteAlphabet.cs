using System.Text;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>GPT-2's alphabet: every byte as one visible character, so that a vocabulary of text can hold any bytes.</summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = Build();
    private static readonly Dictionary<char, byte> Bytes = Characters.Select((c, b) => (c, (byte)b)).ToDictionary();

    internal static string Encode(ReadOnlySpan<char> text)
    {
        var utf8 = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var length = Encoding.UTF8.GetBytes(text, utf8);
        return string.Create(length, utf8, static (result, bytes) =>
        {
            for (var i = 0; i < result.Length; i++)
                result[i] = Characters[bytes[i]];
        });
    }

    /// <summary>The text of tokens put together; a token with characters from elsewhere (an added one) stands for itself, broken UTF-8 becomes U+FFFD.</summary>
    internal static string Decode(IEnumerable<string> tokens)
    {
        var utf8 = new List<byte>();
        foreach (var token in tokens)
            utf8.AddRange(token.All(Bytes.ContainsKey) ? token.Select(c => Bytes[c]) : Encoding.UTF8.GetBytes(token));
        return Encoding.UTF8.GetString([.. utf8]);
    }

    private static char[] Build()
    {
        // Visible Latin-1 stays; the other 68 bytes move, in order, to U+0100 and on.
        var characters = new char[256];
        var moved = 0;
        for (var b = 0; b < 256; b++)
            characters[b] = b is > 32 and < 127 or > 160 and not 173 ? (char)b : (char)(256 + moved++);
        return characters;
    }
}
