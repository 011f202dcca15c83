using System.Text.Json;
using Panda.Stream.Native.Files;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>Reads tokenizer.json. Every part that would change ids and is not known is refused by name and place.</summary>
internal static class TokenizerFile
{
    // The largest in use, of 256,000 tokens with all their merges, have some 40 MB.
    private const int MostBytes = 256 << 20;

    internal static Tokenizer Load(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(RegularFile.ReadAll(path, MostBytes));
            return Read(new(document.RootElement, ""));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TokenizerException($"{path}: found no readable file, expected a tokenizer.json ({error.Message})");
        }
        catch (JsonException error)
        {
            throw new TokenizerException($"{path}: found no JSON, expected a tokenizer.json ({error.Message})");
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or OverflowException)
        {
            // Half a surrogate pair in a text, a number beyond all bounds.
            throw new TokenizerException($"{path}: found a value that cannot be read, expected a tokenizer.json ({error.Message})");
        }
        catch (TokenizerException error)
        {
            throw new TokenizerException($"{path}: {error.Message}");
        }
    }

    private static Tokenizer Read(JsonPart root)
    {
        if (root.Json.ValueKind != JsonValueKind.Object)
            throw new TokenizerException("found JSON of another form, expected a tokenizer.json, an object");
        var padding = root.Maybe("padding");
        return new Tokenizer(
            root.Maybe("normalizer") is { } normaliser ? Normalisers.Read(normaliser) : text => text,
            root.Maybe("pre_tokenizer") is { } words ? PreTokenisers.Read(words) : (text, _) => [text],
            TokenModels.Read(root["model"]),
            root.Maybe("decoder") is { } decoder ? Decoders.Read(decoder) : tokens => [string.Join(' ', tokens)],
            root.Maybe("post_processor") is { } template ? Template.Read(template) : Template.Empty,
            root.Maybe("added_tokens") is { } tokens ? [.. tokens.Items().Select(ReadAdded)] : [],
            Side(root.Maybe("truncation")), Side(padding), padding?.Maybe("pad_id")?.Number());
    }

    private static AddedToken ReadAdded(JsonPart part)
    {
        var special = part.Flag("special", false);
        return new AddedToken(
            part["id"].Number(), part.Text("content"), special, part.Flag("lstrip", false), part.Flag("rstrip", false),
            part.Flag("single_word", false), part.Flag("normalized", !special));
    }

    private static TextSide Side(JsonPart? part) => part?.Maybe("direction") is not { } direction ? TextSide.Right : direction.Text() switch
    {
        "Right" => TextSide.Right,
        "Left" => TextSide.Left,
        _ => throw direction.Wrong("Left or Right"),
    };
}
