using Panda.Stream.Models.Generation;

namespace Panda.Stream.Models;

/// <summary>The names of sessions that write text, and the tensors that a card's cache adds to them.</summary>
internal static class CardSessions
{
    internal const string Embed = "embed", Encoder = "encoder", Decoder = "decoder", DecoderFirst = "decoder_first";

    /// <summary>The session with the tensors that its cache gives it.</summary>
    internal static SessionCard WithCache(ModelCard card, string name)
    {
        var session = card.Sessions[name];
        if (card.Cache is not { } cache || name is not (Decoder or DecoderFirst))
            return session;
        var hasFirst = card.Sessions.ContainsKey(DecoderFirst);
        IEnumerable<string> past = name == Decoder ? [.. cache.PastNames, .. cache.CrossPastNames] : [];
        IEnumerable<string> present = name == DecoderFirst || !hasFirst ? [.. cache.PresentNames, .. cache.CrossPresentNames] : cache.PresentNames;
        return session with { Inputs = With(session.Inputs, past, cache), Outputs = With(session.Outputs, present, cache) };
    }

    private static OrderedDictionary<string, IReadOnlyList<string>> With(IReadOnlyDictionary<string, IReadOnlyList<string>> named, IEnumerable<string> added, CacheCard cache)
    {
        var all = new OrderedDictionary<string, IReadOnlyList<string>>(named);
        foreach (var name in added)
            all.TryAdd(name, ["batch", $"{cache.Heads}", "tokens", $"{cache.HeadSize}"]);
        return all;
    }
}
