using Panda.Stream.Shards;
using Panda.Stream.Splitting;

namespace Panda.Stream.Tuning;

/// <summary>A video as <c>segments/</c> of a result remembers it: all that stage 2 needs.</summary>
/// <param name="Segments">Its segments in order, with features, pts and coherence.</param>
public sealed record RecordedVideo(string VideoId, string Source, VideoFacts Facts, IReadOnlyList<EmbeddedSegment> Segments)
{
    internal static RecordedVideo Of(IEnumerable<SegmentRow> rows)
    {
        var ordered = rows.OrderBy(row => row.Segment.Index).ToArray();
        return new(ordered[0].VideoId, ordered[0].Source, ordered[0].Video, Array.ConvertAll(ordered, row => new EmbeddedSegment(
            row.Segment, row.Probes, row.FirstFeature, row.LastFeature, row.Reason == DropReason.ProbeFailed.Name() ? row.Detail : null)
        {
            Pts = row.Pts,
            Samples = row.Samples,
            Damaged = row.Damaged,
        }));
    }

    /// <summary>Stage 2 under some settings.</summary>
    public StageTwoResult Split(SplitSettings settings, DistanceThresholds embedder) => StageTwo.Run(Segments, settings, embedder, Facts.Fps);
}
