using System.Text.RegularExpressions;
using Panda.Stream.Captioning;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Models.Generation;
using Panda.Stream.Models.Pictures;
using Panda.Stream.Models.Tokenizers;
using Panda.Stream.Selection;

namespace Panda.Stream.Models;

/// <summary>What a card must say beyond the types of its values: the parts that its kind needs, and parts that agree with each other.</summary>
internal static partial class CardChecks
{
    internal static IEnumerable<Diagnostic> Check(ModelCard card, Locations at)
    {
        var mistakes = card.Kind switch
        {
            ModelKind.Embedder => Embedder(card, at),
            ModelKind.Teacher => Teacher(card, at),
            ModelKind.Features => Features(card, at),
            _ => Matcher(card, at),
        };
        if (card.Frames is { Count: > 1 } && card.Picture.Layout == PictureLayout.Nchw)
            mistakes = mistakes.Append(new(at["picture.layout"], DiagnosticCode.Conflict, $"picture.layout: found nchw with {card.Frames.Count} frames, expected btchw or bcthw"));
        if (card.Frames is { } frames && frames.From > frames.To)
            mistakes = mistakes.Append(new(at["frames.from"], DiagnosticCode.Conflict, $"frames.from: found {frames.From}, expected at most frames.to, {frames.To}"));
        return [.. mistakes, .. Pictures(card, at)];
    }

    // Of one clip as floats. 32 frames of 448x448 take 77 MB; what the keys allow each for itself would take 200 GB together.
    private const long MostPictureBytes = 256 << 20;

    /// <summary>Each <c>pixel_values</c> has the shape that picture and frames make, and that is of a size to be had.</summary>
    private static IEnumerable<Diagnostic> Pictures(ModelCard card, Locations at)
    {
        var bytes = 3L * sizeof(float) * card.Picture.Size[0] * card.Picture.Size[1] * (card.Frames?.Count ?? 1);
        if (bytes > MostPictureBytes)
            yield return new(at["picture.size"], DiagnosticCode.OutOfRange, $"picture.size: found {card.Frames?.Count ?? 1} frames of {card.Picture.Size[0]}x{card.Picture.Size[1]}, {bytes} bytes a clip, expected at most {MostPictureBytes}");
        var (width, height) = ($"{card.Picture.Size[0]}", $"{card.Picture.Size[1]}");
        var frames = $"{card.Frames?.Count ?? 1}";
        string[] made = card.Picture.Layout switch
        {
            PictureLayout.Btchw => [frames, "3", height, width],
            PictureLayout.Bcthw => ["3", frames, height, width],
            _ => ["3", height, width],
        };
        foreach (var (name, session) in card.Sessions)
            if (session.Inputs.TryGetValue("pixel_values", out var shape) && !Agree(shape, made))
                yield return new(at[$"sessions.{name}.inputs.pixel_values"], DiagnosticCode.Conflict,
                    $"sessions.{name}.inputs.pixel_values: found [{string.Join(", ", shape)}], expected [batch, {string.Join(", ", made)}], as picture and frames make it");

        static bool Agree(IReadOnlyList<string> shape, string[] made) =>
            shape.Count == made.Length + 1 && shape.Skip(1).Zip(made).All(pair => pair.First == pair.Second || !int.TryParse(pair.First, out _));
    }

    private static IEnumerable<Diagnostic> Embedder(ModelCard card, Locations at) =>
    [
        .. Present(card, at, ("thresholds", card.Thresholds)),
        .. Session(card, at, "image", ["pixel_values"], ["embedding"]),
    ];

    private static IEnumerable<Diagnostic> Teacher(ModelCard card, Locations at) =>
    [
        .. Present(card, at, ("frames", card.Frames), ("tokenizer", card.Tokenizer), ("prompt", card.Prompt), ("generation", card.Generation), ("cache", card.Cache)),
        .. Session(card, at, "vision", ["pixel_values"], ["visual_tokens"]),
        .. Session(card, at, "embed", ["input_ids"], ["inputs_embeds"]),
        .. Session(card, at, "decoder", ["inputs_embeds", "attention_mask", .. card.Cache?.PastNames ?? []], ["logits", .. card.Cache?.PresentNames ?? []]),
        .. card.Prompt is null ? [] : Prompt(card.Prompt, at),
        .. card.Generation is null ? [] : Generation(card, card.Generation, at),
        .. card.Cache is null ? [] : Cache(card, card.Cache, at),
    ];

    private static IEnumerable<Diagnostic> Matcher(ModelCard card, Locations at)
    {
        string[] vision = card.Score?.Expression == ScoreExpression.Itc ? ["video_embed"] : ["video_tokens"];
        string[] text = card.Score?.Expression == ScoreExpression.Itc ? ["text_embed"] : ["text_tokens"];
        return
        [
            .. Present(card, at, ("frames", card.Frames), ("tokenizer", card.Tokenizer), ("score", card.Score)),
            .. Session(card, at, "vision", ["pixel_values"], vision),
            .. Session(card, at, "text", ["input_ids", "attention_mask"], text),
            .. card.Score?.Expression == ScoreExpression.Itc ? [] : Session(card, at, "fusion", ["video_tokens", "text_tokens", "attention_mask"], ["itm"]),
            .. card.Tokenizer is { Pad: true, MaxTokens: null }
                ? [new Diagnostic(at["tokenizer.pad"], DiagnosticCode.Conflict, "tokenizer.pad: found true without max_tokens, expected both")] : Array.Empty<Diagnostic>(),
        ];
    }

    private static IEnumerable<Diagnostic> Features(ModelCard card, Locations at)
    {
        foreach (var mistake in Session(card, at, "features", ["pixel_values"], ["layer_1"]))
            yield return mistake;
        if (!card.Sessions.TryGetValue("features", out var session))
            yield break;
        foreach (var layer in FeatureExtractor.LayerNames(session))
        {
            var weights = FeatureExtractor.WeightsOf(layer);
            if (session.Outputs[layer].Count != 4)
                yield return new(at[$"sessions.features.outputs.{layer}"], DiagnosticCode.Conflict,
                    $"{layer}: found {session.Outputs[layer].Count} dimensions, expected [batch, channels, rows, columns]");
            else if (!session.Outputs.TryGetValue(weights, out var shape) || !shape.SequenceEqual([session.Outputs[layer][1]]))
                yield return new(at["sessions.features.outputs"], DiagnosticCode.Conflict,
                    $"sessions.features.outputs: found {(shape is null ? "no" : $"[{string.Join(", ", shape)}] for")} '{weights}', expected [{session.Outputs[layer][1]}], a weight for each channel of '{layer}'");
        }
    }

    private static IEnumerable<Diagnostic> Present(ModelCard card, Locations at, params (string Key, object? Value)[] parts) =>
        from part in parts
        where part.Value is null
        select new Diagnostic(at["kind"], DiagnosticCode.MissingKey, $"found no key '{part.Key}', expected it in the card of {Article(card.Kind)}");

    private static IEnumerable<Diagnostic> Session(ModelCard card, Locations at, string name, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
    {
        if (!card.Sessions.TryGetValue(name, out var session))
            return [new(at["sessions"], DiagnosticCode.MissingKey, $"sessions: found no session '{name}', expected it in the card of {Article(card.Kind)}")];
        return
        [
            .. Missing(inputs, session.Inputs, "input"),
            .. Missing(outputs, session.Outputs, "output"),
        ];

        IEnumerable<Diagnostic> Missing(IReadOnlyList<string> wanted, IReadOnlyDictionary<string, IReadOnlyList<string>> named, string what) =>
            from tensor in wanted
            where !named.ContainsKey(tensor)
            select new Diagnostic(at[$"sessions.{name}.{what}s"], DiagnosticCode.MissingKey,
                $"sessions.{name}.{what}s: found no {what} '{tensor}', expected it in session '{name}' of {Article(card.Kind)}");
    }

    private static IEnumerable<Diagnostic> Prompt(PromptCard prompt, Locations at)
    {
        var visual = prompt.Segments.Count(segment => segment.Visual);
        if (visual != 1)
            yield return new(at["prompt.segments"], DiagnosticCode.Conflict, $"prompt.segments: found {visual} segments with visual: true, expected one");
        for (var i = 0; i < prompt.Segments.Count; i++)
        {
            var (segment, path) = (prompt.Segments[i], $"prompt.segments[{i}]");
            if (segment.Visual == segment.Text is not null)
                yield return new(at[path], DiagnosticCode.Conflict, $"{path}: found {(segment.Visual ? "visual and text" : "neither visual nor text")}, expected one of them");
            foreach (Match field in Fields().Matches(segment.Text ?? ""))
                if (!Enum.TryParse<PromptField>(field.Groups[1].Value, ignoreCase: true, out _))
                    yield return new(at[$"{path}.text"], DiagnosticCode.UnknownName, $"{path}.text: unknown field {field.Value}, expected one of {{title}}, {{description}}, {{subtitles}}");
        }
    }

    private static IEnumerable<Diagnostic> Generation(ModelCard card, GenerationCard rules, Locations at)
    {
        if (rules.MinNew > rules.MaxNew)
            yield return new(at["generation.min_new"], DiagnosticCode.Conflict, $"generation.min_new: found {rules.MinNew}, expected at most max_new, {rules.MaxNew}");
        foreach (var end in rules.Eos.Where(end => end < 0 || end >= (Size(card, "decoder", outputs: true, "logits", 2) ?? int.MaxValue)))
            yield return new(at["generation.eos"], DiagnosticCode.OutOfRange, $"generation.eos: found {end}, expected an id that the decoder's logits have");
        if (Size(card, "vision", outputs: true, "visual_tokens", 2) is { } visual && Size(card, "decoder", outputs: false, "inputs_embeds", 2) is { } wanted && visual != wanted)
            yield return new(at["sessions.vision.outputs.visual_tokens"], DiagnosticCode.Conflict, $"visual_tokens: found vectors of {visual} numbers, expected {wanted}, as the decoder's inputs_embeds");
    }

    private static IEnumerable<Diagnostic> Cache(ModelCard card, CacheCard cache, Locations at)
    {
        foreach (var (key, value, dimension) in new[] { ("heads", cache.Heads, 1), ("head_size", cache.HeadSize, 3) })
            if (Size(card, "decoder", outputs: false, cache.PastNames[0], dimension) is { } size && size != value)
                yield return new(at[$"cache.{key}"], DiagnosticCode.Conflict, $"cache.{key}: found {value}, expected {size}, as {cache.PastNames[0]} says");
    }

    /// <summary>What a tokenizer must have for the card that names it.</summary>
    internal static IEnumerable<Diagnostic> Check(ModelCard card, Tokenizer tokenizer, Locations at)
    {
        var rows = card.Kind == ModelKind.Teacher ? Size(card, "decoder", outputs: true, "logits", 2) : null;
        if (tokenizer.LargestId >= rows)
            yield return new(at["tokenizer.file"], DiagnosticCode.UnfitModel, $"{card.Tokenizer!.File}: found ids up to {tokenizer.LargestId}, expected them below {rows}, the decoder's vocabulary");
        if (card.Prompt is { Bos: true } && tokenizer.IdOf(PromptCard.BosToken) is null)
            yield return new(at["prompt.bos"], DiagnosticCode.UnfitModel, $"prompt.bos: found no token {PromptCard.BosToken} in {card.Tokenizer!.File}, expected it");
        if (card.Kind == ModelKind.Matcher && tokenizer.PaddingId is null)
            yield return new(at["tokenizer.file"], DiagnosticCode.UnfitModel, $"{card.Tokenizer!.File}: found no token [PAD] or <pad>, expected one");
    }

    /// <summary>A size that the card states; null when it is free or not stated.</summary>
    private static long? Size(ModelCard card, string session, bool outputs, string tensor, int dimension) =>
        card.Sessions.TryGetValue(session, out var found)
        && (outputs ? found.Outputs : found.Inputs).TryGetValue(tensor, out var shape)
        && dimension < shape.Count && long.TryParse(shape[dimension], out var size) ? size : null;

    private static string Article(ModelKind kind) => kind switch
    {
        ModelKind.Embedder => "an embedder",
        ModelKind.Features => "a feature model",
        _ => $"a {kind.ToString().ToLowerInvariant()}",
    };

    [GeneratedRegex(@"\{(\w*)\}")]
    private static partial Regex Fields();
}
