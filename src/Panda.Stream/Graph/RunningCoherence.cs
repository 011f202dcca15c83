using Panda.Stream.Models;
using Panda.Stream.Splitting;
using Panda.Stream.Videos;

namespace Panda.Stream.Graph;

/// <summary>How coherence is measured in a run.</summary>
/// <param name="Features">The features of a frame. Batched across lanes behind this call.</param>
/// <param name="Distance">The distance between two frames' features.</param>
/// <param name="PerSecond">Frames of a second that are compared.</param>
public sealed record CoherenceOptions(Func<KeptFrame, Task<FrameFeatures>> Features, FeatureDistance Distance, double PerSecond);

/// <summary>Measures one video's neighbouring grid frames as its segments come: each frame's features are computed once and let go after the next.</summary>
internal sealed class RunningCoherence(CoherenceOptions options, VideoStreamInfo info)
{
    private readonly SampleGrid _grid = new(info, options.PerSecond);
    private Task<FrameFeatures>? _last;

    /// <summary>Takes the next segment; the models are asked at once, the answer comes later.</summary>
    public Task<CoherenceSamples> AddAsync(SegmentFrames segment)
    {
        var features = _grid.Take(segment.Frames).Select(options.Features).ToArray();
        var before = _last;
        if (features.Length > 0)
            _last = features[^1];
        return MeasureAsync(before, features);
    }

    private async Task<CoherenceSamples> MeasureAsync(Task<FrameFeatures>? before, Task<FrameFeatures>[] features)
    {
        var found = await Task.WhenAll(features).ConfigureAwait(false);
        if (found.Length == 0)
            return new([], []);
        var earlier = before is null ? found[0] : await before.ConfigureAwait(false);
        var distances = options.Distance.Neighbours([earlier, .. found]);
        // The last is compared with the next segment's first.
        foreach (var frame in before is null ? found[..^1] : [earlier, .. found[..^1]])
            frame.OnCard?.Dispose();
        return new(Array.ConvertAll(found, frame => frame.Frame), distances);
    }
}
