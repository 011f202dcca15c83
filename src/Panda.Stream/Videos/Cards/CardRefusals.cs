using System.Collections.Concurrent;

namespace Panda.Stream.Videos.Cards;

/// <summary>What a run's card did not take, told once where it holds for more than one video. Safe for use by several threads at once.</summary>
internal sealed class CardRefusals(string card)
{
    private readonly ConcurrentDictionary<string, bool> _told = new();

    /// <summary>What is to be told of a video that a CPU decodes; null when an earlier line says it.</summary>
    /// <param name="frames">Frames that the card had decoded.</param>
    public string? Of(string codec, string reason, int frames) =>
        frames > 0 ? $"the CPU decoded it from frame {frames} on, not {card}: {codec}: {reason}"
        : _told.TryAdd($"{codec}: {reason}", true) ? $"the CPU decoded it, not {card}: {codec}: {reason} (told once, of the first such video)"
        : null;

    /// <summary>What is to be told of frames that the card decoded and the CPU worked on.</summary>
    public string? OfWork(string reason) =>
        _told.TryAdd(reason, true) ? $"the CPU looked at some of its frames, not {card}: {reason} (told once, of the first such video)" : null;
}
