using System.Text.Json.Nodes;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Models;
using Panda.Stream.Splitting;

namespace Panda.Stream.Shards;

/// <summary>By what rules and models the videos of a result were split, in <c>run.json</c>: from there thresholds can be tuned again.</summary>
/// <param name="Config"><c>split</c> as pipeline.yaml would say it.</param>
/// <param name="Embedder">The model that embedded the probe frames.</param>
/// <param name="Thresholds">Its own thresholds, which hold where <paramref name="Config"/> names none.</param>
/// <param name="Coherence">The model that measured coherence; null when it was not measured.</param>
/// <param name="CoherencePerSecond">Frames of a second that were compared.</param>
public sealed record SplitRecord(JsonObject Config, string Embedder, DistanceThresholds Thresholds, string? Coherence, double CoherencePerSecond)
{
    /// <summary>The key <c>coherence.model</c>: an identity is the model's name, @ and its hash.</summary>
    internal string? CoherenceModel => Coherence?[..Coherence.LastIndexOf('@')];

    internal static SplitRecord Of(PipelineConfig config, Embedder embedder, FeatureExtractor? features) => new(
        YamlBinder.ToJson(config.Split), embedder.Identity, embedder.Thresholds, features?.Identity, config.Coherence.PerSecond);
}
