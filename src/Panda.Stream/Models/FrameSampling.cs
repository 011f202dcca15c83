using System.ComponentModel.DataAnnotations;
using Panda.Stream.Videos;

namespace Panda.Stream.Models;

/// <summary>Which frames of a clip a model sees; each rule is that of a published model.</summary>
public enum FrameRule
{
    /// <summary>Random frames between two parts of the clip; image teachers.</summary>
    RandomRange,

    /// <summary>Even steps from the first frame, as numpy's <c>arange(0, n, n / count)</c>; Video-LLaMA.</summary>
    Arange,

    /// <summary>The middles of equal intervals; Unmasked Teacher.</summary>
    MiddleInterval,

    /// <summary>Even steps from the middle of the first segment; VideoChat.</summary>
    Segment,

    /// <summary>So many a second, in the middles of equal intervals, at least <see cref="FrameSampling.Count"/>.</summary>
    Fps,
}

/// <summary>What a clip of fewer frames than are wanted gives.</summary>
public enum ShortClips
{
    /// <summary>The rule's own numbers, in which frames repeat.</summary>
    Repeat,

    /// <summary>Each of its frames, then its last again.</summary>
    Last,

    /// <summary>An error.</summary>
    Refuse,
}

/// <summary>How a model's frames are chosen from a clip: <c>frames</c> of a card.</summary>
public sealed record FrameSampling
{
    public required FrameRule Rule { get; init; }

    // A clip may last for many minutes; all its frames go into one tensor.
    private const int MostByTime = 256;

    /// <summary>How many frames; with <c>fps</c> the least, and 256 the most.</summary>
    [Range(1, 1000)]
    public required int Count { get; init; }

    /// <summary>fps: frames of a second of the clip.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double PerSecond { get; init; } = 1;

    /// <summary>What a clip of fewer frames than <see cref="Count"/> gives.</summary>
    public ShortClips? ShortClips { get; init; }

    /// <summary>random_range: the part of the clip before which no frame is taken.</summary>
    [Range(0.0, 1.0)]
    public double From { get; init; }

    /// <summary>random_range: the part of the clip after which no frame is taken.</summary>
    [Range(0.0, 1.0)]
    public double To { get; init; } = 1;

    /// <summary>Numbers of the wanted frames within a clip, in order of time.</summary>
    /// <param name="frames">Frames in the clip, at least 1.</param>
    /// <param name="identity">The clip's name: the same name always gives the same random frames.</param>
    /// <param name="frameRate">Frames of a second of the video; <c>fps</c> alone needs it.</param>
    /// <exception cref="ArgumentException">The clip is too short for a rule that refuses that, or its frame rate is not known.</exception>
    public int[] Indices(int frames, string identity, double frameRate = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        // Unmasked Teacher's own way is to repeat the last.
        var shortRule = ShortClips ?? (Rule == FrameRule.MiddleInterval ? Models.ShortClips.Last : Models.ShortClips.Repeat);
        if (frames < Count && shortRule == Models.ShortClips.Refuse)
            throw new ArgumentException($"clip {identity}: found {frames} frames, expected at least {Count}");
        if (frames < Count && shortRule == Models.ShortClips.Last)
            return [.. Enumerable.Range(0, Count).Select(i => Math.Min(i, frames - 1))];
        return Rule switch
        {
            FrameRule.RandomRange => RandomRange(frames, identity),
            FrameRule.Arange => [.. Enumerable.Range(0, Count).Select(i => (int)(i * ((double)frames / Count)))],
            FrameRule.MiddleInterval => Middles(frames, Count),
            FrameRule.Fps => Middles(frames, Math.Clamp((int)Math.Round(frames / Known(frameRate, identity) * PerSecond), Count, Math.Max(Count, MostByTime))),
            _ => Segment(frames),
        };
    }

    /// <summary>The kept frames nearest to the wanted ones; of two equally near the earlier.</summary>
    /// <param name="kept">The clip's kept frames in order of their index, at least one.</param>
    /// <param name="start">Number of the clip's first frame in the video.</param>
    /// <param name="frames">Frames in the clip.</param>
    /// <param name="identity">The clip's name.</param>
    /// <param name="frameRate">Frames of a second of the video; 0 when it is not known.</param>
    public KeptFrame[] Choose(IReadOnlyList<KeptFrame> kept, int start, int frames, string identity, double frameRate = 0)
    {
        if (kept.Count == 0)
            throw new ArgumentException($"clip {identity}: found no kept frames, expected at least one");
        return [.. Indices(frames, identity, frameRate).Select(index => Nearest(kept, start + index))];
    }

    private static double Known(double frameRate, string identity) =>
        frameRate > 0 ? frameRate : throw new ArgumentException($"clip {identity}: found no frame rate, expected one for frames by the second");

    private int[] RandomRange(int frames, string identity)
    {
        var indices = new int[Count];
        for (var i = 0; i < Count; i++)
            indices[i] = Math.Min(frames - 1, (int)(frames * (From + (To - From) * StableHash.Unit($"{identity}#{i}"))));
        Array.Sort(indices);
        return indices;
    }

    private static int[] Middles(int frames, int intervals)
    {
        var step = (double)frames / intervals;
        int Border(int i) => i == intervals ? frames : (int)(i * step);
        return [.. Enumerable.Range(0, intervals).Select(i => Math.Max(Border(i), (Border(i) + Border(i + 1) - 1) / 2))];
    }

    private int[] Segment(int frames)
    {
        var length = (frames - 1) / (double)Count;
        return [.. Enumerable.Range(0, Count).Select(i => (int)(length / 2) + (int)Math.Round(length * i, MidpointRounding.ToEven))];
    }

    private static KeptFrame Nearest(IReadOnlyList<KeptFrame> kept, int index)
    {
        int low = 0, high = kept.Count; // the first kept frame at or after the index
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (kept[middle].Index < index)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == kept.Count)
            return kept[^1];
        return low > 0 && index - kept[low - 1].Index <= kept[low].Index - index ? kept[low - 1] : kept[low];
    }
}
