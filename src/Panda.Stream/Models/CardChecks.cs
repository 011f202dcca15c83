using System.Text.RegularExpressions;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Models.Pictures;

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
            _ => Matcher(card, at),
        };
        if (card.Frames is { Count: > 1 } && card.Picture.Layout == PictureLayout.Nchw)
            mistakes = mistakes.Append(new(at["picture.layout"], DiagnosticCode.Conflict, $"picture.layout: found nchw with {card.Frames.Count} frames, expected btchw or bcthw"));
        if (card.Frames is { } frames && frames.From > frames.To)
            mistakes = mistakes.Append(new(at["frames.from"], DiagnosticCode.Conflict, $"frames.from: found {frames.From}, expected at most frames.to, {frames.To}"));
        return mistakes;
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
        .. card.Generation is { } rules && rules.MinNew > rules.MaxNew
            ? [new Diagnostic(at["generation.min_new"], DiagnosticCode.Conflict, $"generation.min_new: found {rules.MinNew}, expected at most max_new, {rules.MaxNew}")] : Array.Empty<Diagnostic>(),
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

    private static string Article(ModelKind kind) => kind == ModelKind.Embedder ? "an embedder" : $"a {kind.ToString().ToLowerInvariant()}";

    [GeneratedRegex(@"\{(\w*)\}")]
    private static partial Regex Fields();
}
