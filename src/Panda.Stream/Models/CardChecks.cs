using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Models.Devices;
using Panda.Stream.Models.Pictures;
using Panda.Stream.Models.Tokenizers;
using Panda.Stream.Selection;

namespace Panda.Stream.Models;

/// <summary>What a card must say beyond the types of its values: the parts that its kind needs, and parts that agree with each other.</summary>
internal static class CardChecks
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
        if (card.On is { } device && !ModelDevice.IsName(device))
            mistakes = mistakes.Append(new(at["on"], DiagnosticCode.OutOfRange, $"on: found {ScalarNode.Quote(device)}, expected a device, {ModelDevice.NameForm}"));
        if (card.Frames is { Count: > 1 } && card.Picture?.Layout == PictureLayout.Nchw)
            mistakes = mistakes.Append(new(at["picture.layout"], DiagnosticCode.Conflict, $"picture.layout: found nchw with {card.Frames.Count} frames, expected btchw or bcthw"));
        if (card.Frames is { } frames && frames.From > frames.To)
            mistakes = mistakes.Append(new(at["frames.from"], DiagnosticCode.Conflict, $"frames.from: found {frames.From}, expected at most frames.to, {frames.To}"));
        return [.. mistakes, .. card.Picture is { } picture ? Pictures(card, picture, at) : []];
    }

    // Of one clip as floats. 32 frames of 448x448 take 77 MB; what the keys allow each for itself would take 200 GB together.
    private const long MostPictureBytes = 256 << 20;

    /// <summary>Each <c>pixel_values</c> has the shape that picture and frames make, and that is of a size to be had.</summary>
    private static IEnumerable<Diagnostic> Pictures(ModelCard card, PictureCard picture, Locations at)
    {
        var bytes = 3L * sizeof(float) * picture.Size[0] * picture.Size[1] * (card.Frames?.Count ?? 1);
        if (bytes > MostPictureBytes)
            yield return new(at["picture.size"], DiagnosticCode.OutOfRange, $"picture.size: found {Plural.Of(card.Frames?.Count ?? 1, "frame")} of {picture.Size[0]}x{picture.Size[1]}, {bytes} bytes a clip, expected at most {MostPictureBytes}");
        var (width, height) = ($"{picture.Size[0]}", $"{picture.Size[1]}");
        var frames = card.Frames is { Rule: FrameRule.Fps } ? "frames" : $"{card.Frames?.Count ?? 1}";
        string[] made = picture.Layout switch
        {
            PictureLayout.Btchw => [frames, "3", height, width],
            PictureLayout.Bcthw => ["3", frames, height, width],
            _ => ["3", height, width],
        };
        foreach (var (name, session) in card.Sessions)
        {
            var folded = card.AllStages.Any(stage => stage.Run == name && stage.Fold);
            var expected = folded ? made[1..] : made;
            if (session.Inputs.TryGetValue("pixel_values", out var shape) && !Agree(shape, expected))
                yield return new(at[$"sessions.{name}.inputs.pixel_values"], DiagnosticCode.Conflict,
                    $"sessions.{name}.inputs.pixel_values: found [{string.Join(", ", shape)}], expected [batch, {string.Join(", ", expected)}], as picture and frames make it{(folded ? " and the stage folds it" : "")}");
        }

        static bool Agree(IReadOnlyList<string> shape, string[] made) =>
            shape.Count == made.Length + 1 && shape.Skip(1).Zip(made).All(pair => pair.First == pair.Second || !int.TryParse(pair.First, out _));
    }

    private static IEnumerable<Diagnostic> Embedder(ModelCard card, Locations at) =>
    [
        .. Present(card, at, ("picture", card.Picture), ("thresholds", card.Thresholds)),
        .. Session(card, at, "image", ["pixel_values"], ["embedding"]),
    ];

    private static IEnumerable<Diagnostic> Teacher(ModelCard card, Locations at) =>
    [
        .. Present(card, at, ("tokenizer", card.Tokenizer), ("prompt", card.Prompt), ("generation", card.Generation), ("cache", card.Cache)),
        .. card.Picture is null ? [] : Present(card, at, ("frames", card.Frames)),
        .. card.Stages is null && card.Picture is not null ? Session(card, at, "vision", ["pixel_values"], ["visual_tokens"]) : [],
        .. StageChecks.Check(card, at),
        .. WriterChecks.Check(card, at),
    ];

    private static IEnumerable<Diagnostic> Matcher(ModelCard card, Locations at)
    {
        var expression = card.Score?.Expression ?? ScoreExpression.ItmSoftmax;
        return
        [
            .. Present(card, at, ("frames", card.Frames), ("picture", card.Picture), ("tokenizer", card.Tokenizer), ("score", card.Score)),
            .. Session(card, at, "vision", ["pixel_values"], [.. ScoreTensors.Video(expression)]),
            .. Session(card, at, "text", ["input_ids", "attention_mask"], [.. ScoreTensors.Text(expression)]),
            .. card.Score is { Expression: ScoreExpression.Mixed, Mix: null } ? [new Diagnostic(at["score"], DiagnosticCode.MissingKey, "score: found expression: mixed without a mix, expected both")] : Array.Empty<Diagnostic>(),
            .. card.Score is { Threshold: { } threshold } score && score.WhyNone(threshold) is { } expected
                ? [new Diagnostic(at["score.threshold"], DiagnosticCode.OutOfRange, FormattableString.Invariant($"score.threshold: found {threshold}, expected {expected}"))] : Array.Empty<Diagnostic>(),
            .. expression == ScoreExpression.Itc ? [] : Session(card, at, "fusion", ["video_tokens", "text_tokens", "attention_mask"], ["itm"]),
            .. card.Tokenizer is { Pad: true, MaxTokens: null }
                ? [new Diagnostic(at["tokenizer.pad"], DiagnosticCode.Conflict, "tokenizer.pad: found true without max_tokens, expected both")] : Array.Empty<Diagnostic>(),
        ];
    }

    private static IEnumerable<Diagnostic> Features(ModelCard card, Locations at)
    {
        foreach (var mistake in Present(card, at, ("picture", card.Picture)).Concat(Session(card, at, "features", ["pixel_values"], ["layer_1"])))
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

    internal static IEnumerable<Diagnostic> Session(ModelCard card, Locations at, string name, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
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

    /// <summary>What a tokenizer must have for the card that names it.</summary>
    internal static IEnumerable<Diagnostic> Check(ModelCard card, Tokenizer tokenizer, Locations at)
    {
        var rows = card.Kind == ModelKind.Teacher ? Size(card, "decoder", outputs: true, "logits", 2) : null;
        if (tokenizer.LargestId >= rows)
            yield return new(at["tokenizer.file"], DiagnosticCode.UnfitModel, $"{card.Tokenizer!.File}: found ids up to {tokenizer.LargestId}, expected them below {rows}, the decoder's vocabulary");
        if (card.Prompt is { Bos: true } prompt && tokenizer.IdOf(prompt.BosToken) is null)
            yield return new(at["prompt.bos"], DiagnosticCode.UnfitModel, $"prompt.bos: found no token {prompt.BosToken} in {card.Tokenizer!.File}, expected it");
        if (card.Kind == ModelKind.Matcher && tokenizer.PaddingId is null)
            yield return new(at["tokenizer.file"], DiagnosticCode.UnfitModel, $"{card.Tokenizer!.File}: found no token [PAD] or <pad>, expected one");
    }

    /// <summary>A size that the card states; null when it is free or not stated.</summary>
    internal static long? Size(ModelCard card, string session, bool outputs, string tensor, int dimension) =>
        card.Sessions.TryGetValue(session, out var found)
        && (outputs ? found.Outputs : found.Inputs).TryGetValue(tensor, out var shape)
        && dimension < shape.Count && long.TryParse(shape[dimension], out var size) ? size : null;

    private static string Article(ModelKind kind) => kind switch
    {
        ModelKind.Embedder => "an embedder",
        ModelKind.Features => "a feature model",
        _ => $"a {kind.ToString().ToLowerInvariant()}",
    };
}
