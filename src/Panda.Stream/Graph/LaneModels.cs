using Panda.Stream.Config;
using Panda.Stream.Models;
using Panda.Stream.Models.Calls;
using Panda.Stream.Models.Devices;
using Panda.Stream.Splitting;
using Panda.Stream.Videos;

namespace Panda.Stream.Graph;

/// <summary>What lanes share: the models that they ask for every segment, behind batchers that gather the frames of all lanes, and the card that scores frames; made anew for each run.</summary>
internal sealed class LaneModels : IAsyncDisposable
{
    private readonly Embedder _embedder;
    private readonly Batcher<KeptFrame, float[]> _embeddings;
    private readonly Batcher<KeptFrame, FrameFeatures>? _features;
    private readonly CoherenceOptions? _coherence;
    private readonly long _featureBytes;
    private readonly FrameAnalyzers _analyzers;

    /// <summary>Each on one device.</summary>
    /// <param name="features">Null when coherence is not measured.</param>
    public LaneModels(PipelineConfig config, Embedder embedder, FeatureExtractor? features)
        : this(config, embedder, Batch(config.Split.Batch, embedder.Calls.Run),
            features, features is null ? null : Batch(config.Coherence.Batch, features.Calls.Run))
    {
    }

    public LaneModels(PipelineConfig config, ModelSet models)
        : this(config, models.Embedder, Batch(config.Split.Batch, models.EmbedderReplicas, (embedder, frames) => embedder.Calls.Run(frames)),
            models.Features, models.FeatureReplicas is { } features ? Batch(config.Coherence.Batch, features, (extractor, frames) => extractor.Calls.Run(frames)) : null)
    {
    }

    private LaneModels(PipelineConfig config, Embedder embedder, Batcher<KeptFrame, float[]> embeddings, FeatureExtractor? features, Batcher<KeptFrame, FrameFeatures>? extracted)
    {
        (_embedder, _embeddings, _features) = (embedder, embeddings, extracted);
        _analyzers = new(config.Split.ToSettings(), config.Split.On);
        if (features is null)
            return;
        _featureBytes = features.BytesPerFrame;
        _coherence = new(frame => extracted!.RunAsync(frame), features.Distance, config.Coherence.PerSecond);
    }

    /// <summary>Frames that were embedded.</summary>
    public long Embedded => _embeddings.Done.Items;

    /// <param name="keptShortSide">Pixels of a kept frame's shorter side.</param>
    /// <param name="framesOfAClip">Frames that a model takes of a clip at most; 0 where clips are not captioned.</param>
    /// <param name="opened">Keeps account of the videos that are open; null where nobody would ask.</param>
    public LaneOptions Options(PipelineConfig config, ThreadBudget threads, int keptShortSide, int framesOfAClip, OpenedVideos? opened = null)
    {
        var split = config.Split.ToSettings();
        var shortest = Math.Max(split.ShortestClip * (1 - 2 * split.Trim), 1 / (double)config.Split.KeepPerSecond);
        // A card decodes beside whichever thread asks it, so its frames stay on that one; each that is held takes of the few that a card has.
        var decodesOnCard = config.Decode.Card is not null;
        var capacities = Capacities.For(config.Caption.Batch.Largest, decodesOnCard ? 1 : threads.DecoderThreads,
            onCard: !decodesOnCard && CardName.NumberOf(config.Split.On) is not null);
        return new(split, _embedder.Thresholds, frame => _embeddings.RunAsync(frame), _coherence,
            threads.DecoderThreads, keptShortSide, config.Split.KeepPerSecond, MemoryBudget.Of(config), capacities)
        {
            LeastKeptPerSecond = Math.Min(config.Split.KeepPerSecond, Math.Max(Math.Ceiling(framesOfAClip / shortest), _coherence?.PerSecond ?? 1)),
            FeatureBytes = _featureBytes,
            Analyzer = video => _analyzers.Of(video.Info.Rotation, reason => video.ScoredByCpu = reason),
            Opener = VideoOpeners.Of(config, capacities, opened),
            Deadlines = VideoOpeners.DeadlinesOf(config.Deadlines),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _embeddings.DisposeAsync().ConfigureAwait(false);
        if (_features is not null)
            await _features.DisposeAsync().ConfigureAwait(false);
        _analyzers.Dispose();
    }

    private static Batcher<KeptFrame, T> Batch<T>(BatchConfig config, Func<IReadOnlyList<KeptFrame>, IReadOnlyList<Answer<T>>> run, int atOnce = 1) =>
        new(config.Largest, TimeSpan.FromMilliseconds(config.LongestWaitMs), run, atOnce);

    private static Batcher<KeptFrame, T> Batch<TModel, T>(BatchConfig config, Replicas<TModel> replicas, Func<TModel, IReadOnlyList<KeptFrame>, IReadOnlyList<Answer<T>>> run)
        where TModel : class, IDisposable =>
        Batch(config, frames => replicas.Run(frames.Count, model => run(model, frames)), replicas.Count);
}
