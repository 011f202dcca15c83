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
    // Each time on another card, or on the one that is left.
    private const int MostTries = 3;

    private readonly SampleGrid _grid = new(info, options.PerSecond);
    private Sample? _last;
    private Task _measured = Task.CompletedTask;

    /// <summary>Takes the next segment; the models are asked at once, the answer comes later.</summary>
    public Task<CoherenceSamples> AddAsync(SegmentFrames segment)
    {
        Sample[] samples = [.. _grid.Take(segment.Frames).Select(frame => new Sample(frame, options.Features(frame)))];
        var measured = MeasureAsync(_measured, _last, samples);
        if (samples.Length > 0)
            _last = samples[^1];
        _measured = measured;
        return measured;
    }

    /// <summary>The video ends: the last frame's features go when they have been compared.</summary>
    public async Task EndAsync()
    {
        await _measured.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_last is not null)
            await _last.ReleaseAsync().ConfigureAwait(false);
    }

    private async Task<CoherenceSamples> MeasureAsync(Task before, Sample? earlier, Sample[] samples)
    {
        // The segment before still looks at the features that this one lets go.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (samples.Length == 0)
            return new([], []);
        try
        {
            return new(Array.ConvertAll(samples, sample => sample.Frame.Index), await DistancesAsync([earlier ?? samples[0], .. samples]).ConfigureAwait(false));
        }
        finally
        {
            // The last is compared with the next segment's first.
            foreach (var sample in earlier is null ? samples[..^1] : [earlier, .. samples[..^1]])
                await sample.ReleaseAsync().ConfigureAwait(false);
        }
    }

    private async Task<double[]> DistancesAsync(Sample[] samples)
    {
        for (var tries = 1; ; tries++)
        {
            var features = await Task.WhenAll(samples.Select(sample => sample.Features)).ConfigureAwait(false);
            try
            {
                return options.Distance.Neighbours(features);
            }
            catch (FeaturesLostException) when (tries < MostTries)
            {
                foreach (var sample in samples.Distinct())
                {
                    await sample.ReleaseAsync().ConfigureAwait(false);
                    sample.Features = options.Features(sample.Frame);
                }
            }
        }
    }

    private sealed class Sample(KeptFrame frame, Task<FrameFeatures> features)
    {
        public KeptFrame Frame => frame;

        public Task<FrameFeatures> Features { get; set; } = features;

        public async Task ReleaseAsync()
        {
            await ((Task)Features).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Features.IsCompletedSuccessfully)
                (await Features.ConfigureAwait(false)).Dispose();
        }
    }
}
