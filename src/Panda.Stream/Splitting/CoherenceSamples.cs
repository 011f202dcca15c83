namespace Panda.Stream.Splitting;

/// <summary>
/// The frames of a segment on the video's grid of (say) one a second, each with its perceptual distance from the grid frame before it
/// in the video. The grid belongs to the video and not to a clip, so that the distances of any clip can be put together of it.
/// </summary>
/// <param name="Frames">Numbers of the grid frames in the segment, in order; a short segment may have none.</param>
/// <param name="Distances">The distance of each from the one before, which may lie in an earlier segment; 0 for the video's first.</param>
public sealed record CoherenceSamples(IReadOnlyList<int> Frames, IReadOnlyList<double> Distances)
{
    /// <summary>Max Running LPIPS of a clip [start, end): the largest distance between neighbouring grid frames that both lie in it.</summary>
    /// <param name="segments">What is known of the clip's segments, in order.</param>
    /// <returns>Null when a segment has no samples because they were not taken or failed, and when fewer than two grid frames lie in the clip.</returns>
    public static double? Maximum(IEnumerable<CoherenceSamples?> segments, int start, int end)
    {
        ArgumentNullException.ThrowIfNull(segments);
        double? largest = null;
        var inside = 0;
        foreach (var samples in segments)
        {
            if (samples is null)
                return null;
            for (var i = 0; i < samples.Frames.Count; i++)
            {
                if (samples.Frames[i] < start || samples.Frames[i] >= end)
                    continue;
                // The first one's neighbour lies before the clip.
                if (++inside > 1)
                    largest = Math.Max(largest ?? 0, samples.Distances[i]);
            }
        }
        return largest;
    }
}
