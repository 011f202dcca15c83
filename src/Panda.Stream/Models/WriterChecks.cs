using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Models.Generation;

namespace Panda.Stream.Models;

/// <summary>Whether the sessions that write a text, its rules and its cache agree with each other.</summary>
internal static class WriterChecks
{
    internal static IEnumerable<Diagnostic> Check(ModelCard card, Locations at) =>
    [
        .. CardChecks.Session(card, at, CardSessions.Decoder, [], ["logits"]),
        .. Reads(card, at),
        .. card.Generation is { } rules ? Generation(card, rules, at) : [],
        .. card.Cache is { } cache ? Cache(card, cache, at) : [],
    ];

    private static IEnumerable<Diagnostic> Reads(ModelCard card, Locations at)
    {
        var hasEncoder = card.Sessions.TryGetValue(CardSessions.Encoder, out var encoder);
        if (hasEncoder)
            foreach (var mistake in CardChecks.Session(card, at, CardSessions.Encoder, ["attention_mask"], ["last_hidden_state"]))
                yield return mistake;
        if (hasEncoder && card.Cache is { } cache && (cache.CrossPast is null || cache.CrossPresent is null))
            yield return new(at["cache"], DiagnosticCode.MissingKey, "cache: found no cross_past and cross_present, expected both beside a session 'encoder'");
        if (!card.Sessions.TryGetValue(CardSessions.Decoder, out var decoder))
            yield break;
        if (Readers().FirstOrDefault(session => !Reads(session.Card, "inputs_embeds") && !Reads(session.Card, "input_ids")) is { Name: { } mute })
            yield return new(at[$"sessions.{mute}.inputs"], DiagnosticCode.MissingKey, $"sessions.{mute}.inputs: found neither inputs_embeds nor input_ids, expected one of them");
        if (Readers().Any(session => Reads(session.Card, "inputs_embeds")))
            foreach (var mistake in CardChecks.Session(card, at, CardSessions.Embed, ["input_ids"], ["inputs_embeds"]))
                yield return mistake;
        if (!Reads(encoder ?? decoder, "inputs_embeds") && card.Prompt?.Segments.FirstOrDefault(segment => segment.Tensor is not null) is { } segment)
            yield return new(at["prompt.segments"], DiagnosticCode.Conflict, $"prompt.segments: found the tensor '{segment.Tensor}', expected texts alone, since the model reads token ids");

        IEnumerable<(string Name, SessionCard Card)> Readers() =>
            [(CardSessions.Decoder, decoder), .. card.Sessions.Where(session => session.Key is CardSessions.Encoder or CardSessions.DecoderFirst).Select(session => (session.Key, session.Value))];

        static bool Reads(SessionCard session, string input) => session.Inputs.ContainsKey(input);
    }

    private static IEnumerable<Diagnostic> Generation(ModelCard card, GenerationCard rules, Locations at)
    {
        if (rules.MinNew > rules.MaxNew)
            yield return new(at["generation.min_new"], DiagnosticCode.Conflict, $"generation.min_new: found {rules.MinNew}, expected at most max_new, {rules.MaxNew}");
        foreach (var end in rules.Eos.Where(end => end < 0 || end >= (CardChecks.Size(card, CardSessions.Decoder, outputs: true, "logits", 2) ?? int.MaxValue)))
            yield return new(at["generation.eos"], DiagnosticCode.OutOfRange, $"generation.eos: found {end}, expected an id that the decoder's logits have");
        if (rules.StopIds.Any(stop => stop.Count == 0) || rules.StopTexts.Contains(""))
            yield return new(at["generation"], DiagnosticCode.OutOfRange, "generation: found a stop sequence of nothing, expected one or more ids or characters");
        if (card.Sessions.TryGetValue(CardSessions.Decoder, out var decoder) && rules.Positions == PositionRule.None && decoder.Inputs.ContainsKey("position_ids"))
            yield return new(at["generation.positions"], DiagnosticCode.Conflict, "generation.positions: found none, expected mask or arange, since the decoder has an input position_ids");
        if (CardChecks.Size(card, "vision", outputs: true, "visual_tokens", 2) is { } visual
            && CardChecks.Size(card, card.Sessions.ContainsKey(CardSessions.Encoder) ? CardSessions.Encoder : CardSessions.Decoder, outputs: false, "inputs_embeds", 2) is { } wanted && visual != wanted)
            yield return new(at["sessions.vision.outputs.visual_tokens"], DiagnosticCode.Conflict, $"visual_tokens: found vectors of {visual} numbers, expected {wanted}, as the decoder's inputs_embeds");
    }

    private static IEnumerable<Diagnostic> Cache(ModelCard card, CacheCard cache, Locations at)
    {
        foreach (var (key, value, dimension) in new[] { ("heads", cache.Heads, 1), ("head_size", cache.HeadSize, 3) })
            if (CardChecks.Size(card, CardSessions.Decoder, outputs: false, cache.PastNames[0], dimension) is { } size && size != value)
                yield return new(at[$"cache.{key}"], DiagnosticCode.Conflict, $"cache.{key}: found {value}, expected {size}, as {cache.PastNames[0]} says");
        foreach (var (key, template) in new[] { ("past", cache.Past), ("present", cache.Present), ("cross_past", cache.CrossPast), ("cross_present", cache.CrossPresent) })
            if (template is not null && (!template.Contains("{layer}", StringComparison.Ordinal) || !template.Contains("{part}", StringComparison.Ordinal)))
                yield return new(at[$"cache.{key}"], DiagnosticCode.OutOfRange, $"cache.{key}: found '{template}', expected a name with {{layer}} and {{part}} in it");
        if (cache.Buffer == CacheBuffer.Shared && card.Generation is { Beams: > 1 } rules)
            yield return new(at["cache.buffer"], DiagnosticCode.Conflict, $"cache.buffer: found shared with generation.beams {rules.Beams}, expected growing, since beams change places");
    }
}
