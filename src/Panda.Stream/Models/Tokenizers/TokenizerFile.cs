using System.Text.Json;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>Reads tokenizer.json: byte-level BPE and BERT's WordPiece. Every part that would change ids and is not known is refused by name.</summary>
internal static class TokenizerFile
{
    internal static Tokenizer Load(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Read(document.RootElement);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TokenizerException($"{path}: found no readable file, expected a tokenizer.json ({error.Message})");
        }
        catch (JsonException error)
        {
            throw new TokenizerException($"{path}: found no JSON, expected a tokenizer.json ({error.Message})");
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new TokenizerException($"{path}: found JSON of another form, expected a tokenizer.json ({error.Message})");
        }
        catch (TokenizerException error)
        {
            throw new TokenizerException($"{path}: {error.Message}");
        }
    }

    private static Tokenizer Read(JsonElement root)
    {
        var model = root.GetProperty("model");
        // Old files leave the type out; only BPE has merges.
        var kind = model.TryGetProperty("type", out var type) ? type.GetString() : model.TryGetProperty("merges", out _) ? "BPE" : null;
        var (prefix, suffix) = Surroundings(Part(root, "post_processor"));
        var added = root.TryGetProperty("added_tokens", out var tokens) && tokens.ValueKind == JsonValueKind.Array ? tokens.EnumerateArray().Select(ReadAdded).ToArray() : [];
        return new Tokenizer(
            kind switch
            {
                "BPE" => ReadBytePairs(root, model),
                "WordPiece" => ReadWordPiece(root, model),
                _ => throw Unknown("model.type", kind, "BPE or WordPiece"),
            },
            new AddedTokens(added), prefix, suffix);
    }

    private static BytePairEncoding ReadBytePairs(JsonElement root, JsonElement model)
    {
        if (Flag(model, "byte_fallback", false))
            throw Unknown("model.byte_fallback", "true", "false (a byte-level BPE)");
        if (Part(root, "normalizer") is { } normaliser)
            throw Unknown("normalizer.type", Kind(normaliser), "none before a byte-level BPE");
        if (Part(root, "pre_tokenizer") is not { } words || Kind(words) != "ByteLevel" || !Flag(words, "use_regex", true))
            throw Unknown("pre_tokenizer.type", Part(root, "pre_tokenizer") is { } other ? Kind(other) : "none", "ByteLevel, with its own pattern");
        if (Part(root, "decoder") is { } decoder && Kind(decoder) != "ByteLevel")
            throw Unknown("decoder.type", Kind(decoder), "ByteLevel");

        var merges = new Dictionary<(string, string), int>();
        foreach (var merge in model.GetProperty("merges").EnumerateArray())
        {
            var pair = merge.ValueKind == JsonValueKind.Array ? [.. merge.EnumerateArray().Select(part => part.GetString()!)] : merge.GetString()!.Split(' ');
            if (pair.Length != 2)
                throw new TokenizerException($"model.merges: found '{merge}', expected two tokens");
            merges.TryAdd((pair[0], pair[1]), merges.Count);
        }
        return new BytePairEncoding(Vocabulary(model), merges, Flag(words, "add_prefix_space", true));
    }

    private static WordPiece ReadWordPiece(JsonElement root, JsonElement model)
    {
        if (Part(root, "pre_tokenizer") is not { } words || Kind(words) != "BertPreTokenizer")
            throw Unknown("pre_tokenizer.type", Part(root, "pre_tokenizer") is { } other ? Kind(other) : "none", "BertPreTokenizer");
        if (Part(root, "normalizer") is not { } normaliser || Kind(normaliser) != "BertNormalizer")
            throw Unknown("normalizer.type", Part(root, "normalizer") is { } other ? Kind(other) : "none", "BertNormalizer");
        if (Part(root, "decoder") is { } decoder && Kind(decoder) != "WordPiece")
            throw Unknown("decoder.type", Kind(decoder), "WordPiece");

        var unknown = model.GetProperty("unk_token").GetString()!;
        var vocabulary = Vocabulary(model);
        if (!vocabulary.ContainsKey(unknown))
            throw new TokenizerException($"model.unk_token: found '{unknown}', expected a token of model.vocab");
        var (clean, chinese, lowercase) = (Flag(normaliser, "clean_text", true), Flag(normaliser, "handle_chinese_chars", true), Flag(normaliser, "lowercase", true));
        var strip = Flag(normaliser, "strip_accents", lowercase); // null means: when lower-casing, as BERT does
        return new WordPiece(
            vocabulary, unknown, model.GetProperty("continuing_subword_prefix").GetString()!, model.GetProperty("max_input_chars_per_word").GetInt32(),
            text => BertText.Normalise(text, clean, chinese, strip, lowercase), BertText.Split,
            Part(root, "decoder") is { } spelled && Flag(spelled, "cleanup", true));
    }

    /// <summary>The ids that go before and after a single text.</summary>
    private static (IReadOnlyList<int> Prefix, IReadOnlyList<int> Suffix) Surroundings(JsonElement? postProcessor)
    {
        if (postProcessor is not { } template || Kind(template) == "ByteLevel")
            return ([], []);
        if (Kind(template) != "TemplateProcessing")
            throw Unknown("post_processor.type", Kind(template), "TemplateProcessing, ByteLevel or none");
        List<int> prefix = [], suffix = [];
        var ids = prefix;
        foreach (var piece in template.GetProperty("single").EnumerateArray())
        {
            if (piece.TryGetProperty("SpecialToken", out var special))
                ids.AddRange(template.GetProperty("special_tokens").GetProperty(special.GetProperty("id").GetString()!).GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));
            else
                ids = suffix; // the text itself
        }
        return (prefix, suffix);
    }

    private static AddedToken ReadAdded(JsonElement token)
    {
        var content = token.GetProperty("content").GetString()!;
        if (Flag(token, "single_word", false))
            throw Unknown($"added_tokens '{content}'.single_word", "true", "false");
        return new AddedToken(token.GetProperty("id").GetInt32(), content, Flag(token, "special", false), Flag(token, "lstrip", false), Flag(token, "rstrip", false));
    }

    private static Dictionary<string, int> Vocabulary(JsonElement model) =>
        model.GetProperty("vocab").EnumerateObject().ToDictionary(token => token.Name, token => token.Value.GetInt32());

    private static JsonElement? Part(JsonElement root, string name) =>
        root.TryGetProperty(name, out var part) && part.ValueKind == JsonValueKind.Object ? part : null;

    private static string? Kind(JsonElement part) => part.GetProperty("type").GetString();

    private static bool Flag(JsonElement part, string name, bool otherwise) =>
        part.TryGetProperty(name, out var flag) && flag.ValueKind is JsonValueKind.True or JsonValueKind.False ? flag.GetBoolean() : otherwise;

    private static TokenizerException Unknown(string what, string? found, string expected) => new($"{what}: found {found ?? "nothing"}, expected {expected}");
}
