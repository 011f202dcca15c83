using Panda.Stream.Captioning;
using Panda.Stream.Config;
using Panda.Stream.Models;
using Panda.Stream.Models.Calls;
using Panda.Stream.Selection;
using Panda.Stream.Shards;

namespace Panda.Stream.Graph;

/// <summary>The models of a run, opened and held against their cards.</summary>
public sealed class ModelSet : IDisposable
{
    private ModelSet(Embedder embedder, FeatureExtractor? features, IReadOnlyList<Teacher> teachers, Matcher matcher) =>
        (Embedder, Features, Teachers, Matcher) = (embedder, features, teachers, matcher);

    public Embedder Embedder { get; }

    /// <summary>Measures coherence; null when it is not measured.</summary>
    public FeatureExtractor? Features { get; }

    /// <summary>The captioners, in the order of the configuration, which is that of candidates in a row.</summary>
    public IReadOnlyList<Teacher> Teachers { get; }

    public Matcher Matcher { get; }

    public ModelIdentities Identities => new(Embedder.Identity, Matcher.Identity, [.. Teachers.Select(teacher => teacher.Identity)]);

    /// <summary>How the calls of each model went so far, by its name.</summary>
    public IReadOnlyDictionary<string, ModelCallCounts> Calls => Teachers.Select(teacher => KeyValuePair.Create(teacher.Name, teacher.Calls))
        .Prepend(new(Embedder.Name, Embedder.Calls.Counts)).Append(new(Matcher.Name, Matcher.Calls))
        .Concat(Features is null ? [] : [new(Features.Name, Features.Calls.Counts)])
        .ToDictionary();

    /// <summary>The longest side of any model's pictures: the short side of kept frames, so that none is enlarged.</summary>
    public int PictureSize => Teachers.Select(teacher => teacher.PictureSize).Append(Embedder.PictureSize).Append(Matcher.PictureSize)
        .Concat(Features is null ? [] : [Features.PictureSize])
        .Max(size => Math.Max(size.Width, size.Height));

    /// <summary>Frames that a model takes of a clip at most.</summary>
    public int FramesOfAClip => Teachers.Select(teacher => teacher.FramesOfAClip).Append(Matcher.FramesOfAClip).Max();

    /// <summary>Opens every model of a configuration.</summary>
    /// <param name="threads">Threads of each call of a model.</param>
    /// <exception cref="ModelCardException">With the mistakes of all cards.</exception>
    public static ModelSet Load(PipelineConfig config, int threads)
    {
        ArgumentNullException.ThrowIfNull(config);
        var pool = new SessionPool(OptionsOf(config, threads));
        var mistakes = new List<Diagnostic>();
        var opened = new List<IDisposable>();
        var embedder = Open(config.Split.Embedder, card => new Embedder(card, pool));
        var features = config.Coherence.Model is { } named ? Open(named, card => new FeatureExtractor(card, pool)) : null;
        var teachers = config.Captioners.Select(name => Open(name, card => new Teacher(card, pool))).ToList();
        var matcher = Open(config.Select.Matcher, card => new Matcher(card, pool));
        if (mistakes.Count == 0)
            return new(embedder!, features, teachers!, matcher!);
        opened.ForEach(model => model.Dispose());
        throw new ModelCardException(mistakes);

        T? Open<T>(string name, Func<LoadedCard, T> open) where T : class, IDisposable
        {
            try
            {
                var model = open(LoadedCard.Load(CardOf(config, name)));
                opened.Add(model);
                return model;
            }
            catch (ModelCardException error)
            {
                mistakes.AddRange(error.Diagnostics);
                return null;
            }
        }
    }

    /// <summary>Opens the embedder alone, for splitting.</summary>
    /// <exception cref="ModelCardException">With the mistakes of its card.</exception>
    public static Embedder LoadEmbedder(PipelineConfig config, int threads) =>
        new(LoadedCard.Load(CardOf(config, config.Split.Embedder)), OptionsOf(config, threads));

    /// <summary>Opens the model that measures coherence; null when the configuration wants none.</summary>
    /// <exception cref="ModelCardException">With the mistakes of its card.</exception>
    public static FeatureExtractor? LoadFeatures(PipelineConfig config, int threads) => config.Coherence.Model is { } name
        ? new(LoadedCard.Load(CardOf(config, name)), OptionsOf(config, threads))
        : null;

    public void Dispose()
    {
        Embedder.Dispose();
        Features?.Dispose();
        foreach (var teacher in Teachers)
            teacher.Dispose();
        Matcher.Dispose();
    }

    private static ModelOptions OptionsOf(PipelineConfig config, int threads) => new()
    {
        IntraOpThreads = threads,
        CallDeadline = config.Deadlines.ModelCallS is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };

    private static string CardOf(PipelineConfig config, string name) => Path.Combine(config.Models, name, "card.yaml");
}
