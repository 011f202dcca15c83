namespace Panda.Stream.Shards.Ledger;

/// <summary>Holds the shards, as they are on disk, against what the ledger says came of each video.</summary>
internal static class ShardCheck
{
    /// <summary>Every video of which a table holds more or fewer rows than its account says, by name.</summary>
    internal static IEnumerable<string> Compare(ShardReader shards, IReadOnlyList<LedgerVideo> videos) =>
    [
        .. Compare(shards, ShardTables.Clips.Folder, videos, account => account.Rows),
        .. Compare(shards, ShardTables.Filtered.Folder, videos, account => account.Filtered),
        .. Compare(shards, ShardTables.Segments.Folder, videos, account => account.Segments),
        .. CompareFailed(shards, videos),
    ];

    private static IEnumerable<string> Compare(ShardReader shards, string table, IReadOnlyList<LedgerVideo> videos, Func<VideoAccount, int> expected)
    {
        var found = shards.Count(table, "video_id");
        foreach (var video in videos)
        {
            found.Remove(video.Id, out var rows);
            if (rows != (video.Account is { } account ? expected(account) : 0))
                yield return $"{video.Id}: found {Plural.Of(rows, "row")} in {table}/, expected {(video.Account is { } its ? expected(its) : 0)}";
        }
        foreach (var (stranger, rows) in found)
            yield return $"{stranger}: found {Plural.Of(rows, "row")} in {table}/, expected none, since it is no video of this run";
    }

    private static IEnumerable<string> CompareFailed(ShardReader shards, IReadOnlyList<LedgerVideo> videos)
    {
        var found = shards.Count(ShardTables.Failed.Folder, "kind");
        var expected = (Videos: videos.Count(video => video.State == VideoState.Failed), Clips: videos.Sum(video => video.Account?.FailedClips ?? 0));
        if (found.GetValueOrDefault("video") != expected.Videos || found.GetValueOrDefault("clip") != expected.Clips)
            yield return $"found {found.GetValueOrDefault("video")} videos and {found.GetValueOrDefault("clip")} clips in {ShardTables.Failed.Folder}/, expected {expected.Videos} and {expected.Clips}";
    }
}
