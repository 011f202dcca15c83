using Panda.Stream.Models;
using Panda.Stream.Shards;

namespace Panda.Stream.Export;

/// <summary>Which clips of a video are exported, as the dataset's smaller training sets were drawn: by score, and a sample of so many a video.</summary>
/// <param name="MinScore">The least matching score; null takes all.</param>
/// <param name="MaxClipsPerVideo">Of those that are left, so many are drawn by a hash of their ids: the same in every export. Null takes all.</param>
public sealed record Subset(double? MinScore, int? MaxClipsPerVideo)
{
    /// <param name="clips">The clips of one video.</param>
    /// <returns>In the same order.</returns>
    public IReadOnlyList<ClipRow> Of(IReadOnlyList<ClipRow> clips)
    {
        var good = clips.Where(clip => MinScore is not { } least || clip.MatchingScore >= least).ToList();
        if (MaxClipsPerVideo is not { } most || good.Count <= most)
            return good;
        var drawn = good.OrderBy(clip => StableHash.Unit("subset:" + clip.ClipId)).Take(most).ToHashSet();
        return [.. good.Where(drawn.Contains)];
    }
}
