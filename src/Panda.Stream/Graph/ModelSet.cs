using Panda.Stream.Captioning;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Models;
using Panda.Stream.Models.Calls;
using Panda.Stream.Models.Devices;
using Panda.Stream.Selection;
using Panda.Stream.Shards;

namespace Panda.Stream.Graph;

/// <summary>The models of a run, opened on their devices and held against their cards.</summary>
public sealed class ModelSet : IDisposable
{
    private ModelSet(
        DeviceGroup devices, Replicas<Embedder> embedder, Replicas<FeatureExtractor>? features, IReadOnlyList<Replicas<Teacher>> teachers, Replicas<Matcher> matcher) =>
        (Devices, EmbedderReplicas, FeatureReplicas, TeacherReplicas, MatcherReplicas) = (devices, embedder, features, teachers, matcher);

    /// <summary>Where they run.</summary>
    public DeviceGroup Devices { get; }

    public Replicas<Embedder> EmbedderReplicas { get; }

    /// <summary>Null when coherence is not measured.</summary>
    public Replicas<FeatureExtractor>? FeatureReplicas { get; }

    /// <summary>The captioners, in the order of the configuration, which is that of candidates in a row.</summary>
    public IReadOnlyList<Replicas<Teacher>> TeacherReplicas { get; }

    public Replicas<Matcher> MatcherReplicas { get; }

    /// <summary>One of its replicas; likewise the next.</summary>
    public Embedder Embedder => EmbedderReplicas.First;

    /// <summary>Measures coherence; null when it is not measured.</summary>
    public FeatureExtractor? Features => FeatureReplicas?.First;

    /// <summary>In the order of the configuration, which is that of candidates in a row.</summary>
    public IReadOnlyList<Teacher> Teachers => [.. TeacherReplicas.Select(teacher => teacher.First)];

    public Matcher Matcher => MatcherReplicas.First;

    public ModelIdentities Identities => new(Embedder.Identity, Matcher.Identity, [.. Teachers.Select(teacher => teacher.Identity)]);

    /// <summary>How the calls of each model went so far, by its name.</summary>
    public IReadOnlyDictionary<string, ModelCallCounts> Calls => TeacherReplicas.Select(teacher => Sum(teacher, one => one.Name, one => one.Calls))
        .Prepend(Sum(EmbedderReplicas, one => one.Name, one => one.Calls.Counts)).Append(Sum(MatcherReplicas, one => one.Name, one => one.Calls))
        .Concat(FeatureReplicas is null ? [] : [Sum(FeatureReplicas, one => one.Name, one => one.Calls.Counts)])
        .ToDictionary();

    /// <summary>What each device has done; none where the CPU is the only one.</summary>
    public IReadOnlyList<DeviceCounts> DeviceCounts => IsOnPlainCpu ? [] : Devices.Counts;

    /// <summary>Each device with its models, in words; nothing of them where the CPU is the only one.</summary>
    public IEnumerable<string> Placement => IsOnPlainCpu ? Devices.Note is { } note ? [note] : [] : Devices.Devices.Select(device =>
        $"{device} ({Plural.Of(device.Threads, "thread")}): {string.Join(", ", Named().Where(model => model.On.Contains(device)).Select(model => model.Name).DefaultIfEmpty("no model"))}"
        + (device.KernelsLack is { } lack ? $"; what kernels do for models there is done by the CPU: {lack}" : ""));

    private bool IsOnPlainCpu => !Devices.Devices[0].IsExclusive;

    /// <summary>Batches that all models may work on at once.</summary>
    public int CallsAtOnce => Named().Sum(model => model.On.Count());

    /// <summary>The longest side of any model's pictures: the short side of kept frames, so that none is enlarged.</summary>
    public int PictureSize => Teachers.Select(teacher => teacher.PictureSize).Append(Embedder.PictureSize).Append(Matcher.PictureSize)
        .Concat(Features is null ? [] : [Features.PictureSize])
        .Max(size => Math.Max(size.Width, size.Height));

    /// <summary>Frames that a model takes of a clip at most.</summary>
    public int FramesOfAClip => Teachers.Select(teacher => teacher.FramesOfAClip).Append(Matcher.FramesOfAClip).Max();

    /// <summary>Opens every model of a configuration, each on its devices.</summary>
    /// <param name="threads">Threads of each call of a model, where the configuration has no list of devices.</param>
    /// <exception cref="ModelCardException">With the mistakes of all cards.</exception>
    /// <exception cref="DeviceMissingException">A device of the configuration cannot be had on this machine.</exception>
    /// <exception cref="DeviceException">A device has failed.</exception>
    public static ModelSet Load(PipelineConfig config, int threads)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Load(config, DeviceGroup.Of(config.Resources, threads));
    }

    /// <param name="devices">Its own from now on.</param>
    internal static ModelSet Load(PipelineConfig config, DeviceGroup devices)
    {
        var mistakes = new List<Diagnostic>();
        var opened = new List<IDisposable>();
        var cards = config.AllModels.Select(name => Try(() => LoadedCard.Load(CardOf(config, name)))).ToArray();
        var places = mistakes.Count == 0 ? Try(() => Place(config, devices, cards!)) : null;
        var pools = devices.Devices.Select(device => new SessionPool(OptionsOf(config, device.Threads) with { Device = device })).ToArray();
        var next = 0;
        // In the order of AllModels.
        var embedder = Open((card, pool) => new Embedder(card, pool));
        var features = config.Coherence.Model is null ? null : Open((card, pool) => new FeatureExtractor(card, pool));
        var teachers = config.Captioners.Select(_ => Open((card, pool) => new Teacher(card, pool))).ToList();
        var matcher = Open((card, pool) => new Matcher(card, pool));
        if (mistakes.Count == 0)
            return new(devices, embedder!, features, teachers!, matcher!);
        opened.ForEach(model => model.Dispose());
        devices.Dispose();
        throw new ModelCardException(mistakes);

        Replicas<T>? Open<T>(Func<LoadedCard, SessionPool, T> open) where T : class, IDisposable
        {
            var model = next++;
            // Where no place was found, the mistakes of the other cards are told all the same.
            return cards[model] is not { } card ? null : Try(() => new Replicas<T>(devices, places?[model] ?? [0], OpenOn));

            T OpenOn(int device)
            {
                var replica = open(card, pools[device]);
                lock (opened)
                    opened.Add(replica);
                return replica;
            }
        }

        T? Try<T>(Func<T> attempt) where T : class
        {
            try
            {
                return attempt();
            }
            catch (ModelCardException error)
            {
                mistakes.AddRange(error.Diagnostics);
                return null;
            }
        }
    }

    /// <summary>The devices of each model, by what it costs there; on one device nothing has to be measured.</summary>
    /// <exception cref="ModelCardException">A card wants a device that there is not, or a model cannot be opened, or fits nowhere.</exception>
    private static IReadOnlyList<IReadOnlyList<int>> Place(PipelineConfig config, DeviceGroup group, LoadedCard[] cards)
    {
        var devices = group.Devices;
        var pins = cards.Select((card, model) => config.Resources.On.GetValueOrDefault(config.AllModels[model]) ?? card.Card.On).Select((name, model) =>
            name is null ? (int?)null
            : devices.Index().Where(device => device.Item.Name == name).Select(device => (int?)device.Index).FirstOrDefault()
                ?? throw cards[model].Unfit("on", $"on: found '{name}', expected one of resources.devices, {string.Join(", ", devices)}")).ToArray();
        if (devices.Count == 1)
            return [.. cards.Select(_ => (int[])[0])];
        var measured = cards.Select((card, model) => Measure(config, devices, card, pins[model])).ToArray();
        long[] free = [.. devices.Select(device => device.FreeBytes)];
        try
        {
            return Models.Devices.Placement.Of([.. measured.Select(on => on.Select(one => one is (var cost, null) ? cost : (DeviceCost?)null).ToArray())], free, pins);
        }
        catch (PlacementException unplaced)
        {
            var needs = devices.Index().Where(device => measured[unplaced.Model][device.Index] is not null).Select(device => measured[unplaced.Model][device.Index]!.Value switch
            {
                (var cost, null) => $"on {device.Item} it takes {new ByteCount(cost.Bytes)}, of which the models before it leave {new ByteCount(unplaced.Free[device.Index])}",
                var (_, fault) => $"on {device.Item}, {new ByteCount(free[device.Index])} of which are free, {fault}",
            });
            throw cards[unplaced.Model].Unfit("name", $"name: found '{cards[unplaced.Model].Card.Name}', for which there is no device: {string.Join("; ", needs)}");
        }
    }

    /// <summary>What a model costs on each device, or why it cannot run there; it is measured on one of each kind, and not where it is not to be.</summary>
    private static (DeviceCost Cost, string? Fault)?[] Measure(PipelineConfig config, IReadOnlyList<ModelDevice> devices, LoadedCard card, int? pin)
    {
        var measured = new (DeviceCost Cost, string? Fault)?[devices.Count];
        foreach (var kind in devices.Index().Where(device => (pin ?? device.Index) == device.Index).GroupBy(device => device.Item.Kind))
        {
            var one = ModelCost.Measure(card, kind.First().Item, OptionsOf(config, kind.First().Item.Threads), config.Caption.Batch.Largest);
            // A CPU does what there is to do: what a model says there is the model's own affair.
            if (!kind.First().Item.IsCard)
                one.Fault = null;
            foreach (var (index, _) in kind)
                measured[index] = one;
        }
        return measured;
    }

    private static KeyValuePair<string, ModelCallCounts> Sum<T>(Replicas<T> replicas, Func<T, string> name, Func<T, ModelCallCounts> counts) where T : class, IDisposable =>
        new(name(replicas.First), ModelCallCounts.Sum(replicas.All.Select(counts)));

    private IEnumerable<(string Name, IEnumerable<ModelDevice> On)> Named() =>
    [
        (Embedder.Name, EmbedderReplicas.Devices),
        .. FeatureReplicas is null ? Array.Empty<(string, IEnumerable<ModelDevice>)>() : [(Features!.Name, FeatureReplicas.Devices)],
        .. TeacherReplicas.Select(teacher => (teacher.First.Name, teacher.Devices)),
        (Matcher.Name, MatcherReplicas.Devices),
    ];

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
        EmbedderReplicas.Dispose();
        FeatureReplicas?.Dispose();
        foreach (var teacher in TeacherReplicas)
            teacher.Dispose();
        MatcherReplicas.Dispose();
        Devices.Dispose();
    }

    private static ModelOptions OptionsOf(PipelineConfig config, int threads) => new()
    {
        IntraOpThreads = threads,
        CallDeadline = config.Deadlines.ModelCallS is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };

    private static string CardOf(PipelineConfig config, string name) => Path.Combine(config.Models, name, "card.yaml");
}
