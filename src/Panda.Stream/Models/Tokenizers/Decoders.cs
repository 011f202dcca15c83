using System.Text;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>Turns the texts of tokens into pieces of text that are then put together.</summary>
internal delegate IEnumerable<string> TokenDecoder(IEnumerable<string> tokens);

/// <summary>The decoders of tokenizer.json.</summary>
internal static class Decoders
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    internal static TokenDecoder Read(JsonPart part) => part.Type switch
    {
        "Sequence" => Sequence([.. part["decoders"].Items().Select(Read)]),
        "ByteLevel" => tokens => [ByteAlphabet.Decode(tokens)],
        "WordPiece" => Words(part.Maybe("prefix")?.Text() ?? WordPiece.UsualPrefix, part.Flag("cleanup", true)),
        "Metaspace" => Metaspace.Read(part).Decoder,
        "ByteFallback" => Bytes,
        "Fuse" => tokens => [string.Concat(tokens)],
        "Strip" => Strip(part.Text("content"), part["start"].Number(), part["stop"].Number()),
        "Replace" => Replace(TextPatterns.Read(part["pattern"]), part.Text("content")),
        "BPEDecoder" => Suffixed(part.Maybe("suffix")?.Text() ?? "</w>"),
        _ => throw part["type"].Wrong("Sequence, ByteLevel, WordPiece, Metaspace, ByteFallback, Fuse, Strip, Replace or BPEDecoder"),
    };

    private static TokenDecoder Sequence(TokenDecoder[] steps) => tokens => steps.Aggregate(tokens, (current, step) => step(current));

    private static TokenDecoder Words(string prefix, bool cleanUp) => tokens => tokens.Select((token, i) =>
    {
        var text = i == 0 ? token : token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
        return cleanUp ? WordPiece.CleanUp(text) : text;
    });

    /// <summary>Runs of tokens such as &lt;0xE2&gt; become the text of their bytes; where they are no UTF-8, every byte becomes U+FFFD.</summary>
    private static IEnumerable<string> Bytes(IEnumerable<string> tokens)
    {
        var run = new List<byte>();
        foreach (var token in tokens)
        {
            if (ByteTokens.ValueOf(token) is { } value)
            {
                run.Add(value);
                continue;
            }
            if (run.Count > 0)
                yield return Text(run);
            run.Clear();
            yield return token;
        }
        if (run.Count > 0)
            yield return Text(run);

        static string Text(List<byte> run)
        {
            try
            {
                return Strict.GetString([.. run]);
            }
            catch (DecoderFallbackException)
            {
                return new string('\uFFFD', run.Count);
            }
        }
    }

    /// <summary>Takes a sign off each token, at most so many times at either end.</summary>
    private static TokenDecoder Strip(string sign, int start, int stop) => tokens => tokens.Select(token =>
    {
        for (var i = 0; i < start && token.StartsWith(sign, StringComparison.Ordinal); i++)
            token = token[sign.Length..];
        for (var i = 0; i < stop && token.EndsWith(sign, StringComparison.Ordinal); i++)
            token = token[..^sign.Length];
        return token;
    });

    private static TokenDecoder Replace(TextPattern pattern, string content) => tokens => tokens.Select(token => TextPatterns.Replace(token, pattern, content));

    private static TokenDecoder Suffixed(string suffix) => tokens =>
    {
        string[] all = [.. tokens];
        return all.Select((token, i) => token.Replace(suffix, i == all.Length - 1 ? "" : " ", StringComparison.Ordinal));
    };
}
