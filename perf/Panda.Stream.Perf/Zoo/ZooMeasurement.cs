using Panda.Stream.Captioning;
using Panda.Stream.Config;
using Panda.Stream.Graph;
using Panda.Stream.Measures;
using Panda.Stream.Models;
using Panda.Stream.Selection;
using Panda.Stream.Selection.Calibration;

namespace Panda.Stream.Perf.Zoo;

/// <summary>How good the captions of one source are, a teacher's, a choice's or the student's.</summary>
/// <param name="Good">Part of the clips for which its caption is good.</param>
/// <param name="Measures">Against the captions that say all that is true; null where there are none.</param>
internal sealed record MeasuredCaptions(string Name, double Good, CaptionScores? Measures)
{
    /// <summary>Of a teacher, how often it is chosen: by the truth (clips with several good captions shared evenly), and by each matcher.</summary>
    public IReadOnlyDictionary<string, double> ChosenBy { get; init; } = new Dictionary<string, double>();
}

/// <summary>How well a matcher chooses among the teachers' captions.</summary>
/// <param name="Choice">The captions that it chooses.</param>
/// <param name="RecallAt1">Part of the clips for which some caption is good where the chosen one is.</param>
/// <param name="Auc">How likely it scores a good caption above a wrong one.</param>
/// <param name="BalancedAccuracy">At the threshold of its card.</param>
internal sealed record MeasuredMatcher(string Name, MeasuredCaptions Choice, double RecallAt1, double Auc, double Threshold, double BalancedAccuracy);

/// <summary>All figures about the models of the repository.</summary>
/// <param name="Teachers">In the order of the pipeline.</param>
/// <param name="Jointly">Part of the clips for which some teacher's caption is good.</param>
/// <param name="RandomChoice">Part of the clips with a good caption for which one drawn by lot is good.</param>
/// <param name="Pretrained">The matcher before it was finetuned; null where it is not there. Likewise the student and the pool.</param>
/// <param name="PoolJointly">As <paramref name="Jointly"/>, of the variants in models/pool, among which the teachers are.</param>
/// <param name="PoolSize">How many these are.</param>
/// <param name="Missing">Models and references that are not there, so that what is told of them is left out.</param>
internal sealed record ZooFigures(
    int Clips, IReadOnlyList<MeasuredCaptions> Teachers, double Jointly, double RandomChoice, MeasuredMatcher? Pretrained, MeasuredMatcher Finetuned,
    MeasuredCaptions? Student, double? PoolJointly, int PoolSize, IReadOnlyList<string> Missing)
{
    public MeasuredCaptions BestTeacher => Teachers.MaxBy(teacher => teacher.Good)!;
}

/// <summary>Measures the repository's models on models/heldout, through the engine, with the world as the judge.</summary>
internal sealed class ZooMeasurement : IDisposable
{
    private const int Batch = 8;
    private const string Truth = "truth";

    private readonly PipelineConfig _config;
    private readonly ModelSet _models;
    private readonly SessionPool _sessions = new(ModelOptions.Default);
    private readonly List<Teacher> _others = [];
    private readonly List<Matcher> _matchers;
    private readonly List<string> _missing = [];
    private readonly Dictionary<string, List<Candidate>> _said = [];
    private readonly Dictionary<string, List<IReadOnlyList<Candidate>>> _scored = [];
    private readonly List<HeldOutClip> _clips = [];

    private ZooMeasurement(PipelineConfig config)
    {
        _config = config;
        _models = ModelSet.Load(config, threads: 1);
        _matchers = [_models.Matcher];
        if (Card(PretrainedName) is { } pretrained)
            _matchers.Add(new(pretrained, _sessions));
        if (Card(config.Caption.Student) is { } student)
            _others.Add(new(student, _sessions));
        var pool = new ModelFolder(Path.Combine(config.Models, "pool"));
        var known = config.Caption.Teachers.ToHashSet();
        PoolNames = Directory.Exists(pool.Folder) ? Members(pool) : [];
        if (PoolNames.Count == 0)
            _missing.Add("pool");
        _others.AddRange(PoolNames.Where(name => !known.Contains(name)).Select(name => new Teacher(LoadedCard.Load(pool.CardOf(name)), _sessions)));
    }

    private string PretrainedName => $"{_config.Select.Matcher}-pretrained";

    private List<string> PoolNames { get; }

    /// <exception cref="ModelCardException">A model that is there cannot be used.</exception>
    public static ZooFigures Run(PipelineConfig config)
    {
        using var measurement = new ZooMeasurement(config);
        foreach (var part in HeldOutClips.Read(Path.Combine(config.Models, "heldout"), measurement.ShortSide).Chunk(Batch))
            measurement.Ask(part);
        return measurement.Figures();
    }

    public void Dispose()
    {
        foreach (var matcher in _matchers.Skip(1))
            matcher.Dispose();
        _others.ForEach(teacher => teacher.Dispose());
        _models.Dispose();
    }

    /// <summary>As in a run of the pipeline: what the others see does not change what the teachers see.</summary>
    private int ShortSide => _models.PictureSize;

    private LoadedCard? Card(string name)
    {
        var folder = new ModelFolder(_config.Models);
        if (folder.Has(name))
            return LoadedCard.Load(folder.CardOf(name));
        _missing.Add(name);
        return null;
    }

    /// <summary>Teachers that no other teacher asks: those describe frames for it.</summary>
    private static List<string> Members(ModelFolder pool)
    {
        var cards = pool.OfKind(ModelKind.Teacher).Select(name => LoadedCard.Load(pool.CardOf(name)).Card).ToList();
        return [.. cards.Select(card => card.Name).Except(cards.SelectMany(card => card.AllStages).Select(stage => stage.Ask!))];
    }

    private void Ask(HeldOutClip[] clips)
    {
        CaptionRequest[] requests = [.. clips.Select(clip => clip.Request)];
        foreach (var (name, candidates) in _models.Teachers.Concat(_others).AsParallel().AsOrdered().Select(teacher => (teacher.Name, teacher.Caption(requests))))
            Of(_said, name).AddRange(candidates);
        foreach (var (i, request) in requests.Index())
        {
            Candidate[] candidates = [.. _models.Teachers.Select(teacher => _said[teacher.Name][_clips.Count + i])];
            foreach (var matcher in _matchers)
                Of(_scored, matcher.Name).Add(matcher.Score(request, candidates));
        }
        // Frames go; what is true stays.
        _clips.AddRange(clips.Select(clip => clip with { Request = clip.Request with { Kept = [] } }));
    }

    private static List<T> Of<T>(Dictionary<string, List<T>> lists, string name) => lists.TryGetValue(name, out var list) ? list : lists[name] = [];

    private ZooFigures Figures()
    {
        var teachers = _models.Teachers.Select(teacher => (teacher.Name, Good: Verdicts(_said[teacher.Name]))).ToList();
        int[] goodOnes = [.. Enumerable.Range(0, _clips.Count).Select(i => teachers.Count(teacher => teacher.Good[i]))];
        if (!_clips.Exists(clip => clip.Scene.References is { Count: > 0 }))
            _missing.Add("references");
        var any = goodOnes.Count(good => good > 0);
        var matchers = _matchers.Select(matcher => Measure(matcher, any)).ToList();
        return new(
            _clips.Count,
            [.. teachers.Select(teacher => Measure(teacher.Name, _said[teacher.Name]) with
            {
                ChosenBy = _matchers.Select(matcher => KeyValuePair.Create(matcher.Name, Part(i => Choice(matcher, i)?.Teacher == teacher.Name)))
                    .Prepend(new(Truth, Enumerable.Range(0, _clips.Count).Where(i => teacher.Good[i]).Sum(i => 1.0 / goodOnes[i]) / any)).ToDictionary(),
            })],
            (double)any / _clips.Count,
            goodOnes.Sum() / (double)teachers.Count / any,
            matchers.ElementAtOrDefault(1), matchers[0],
            _said.TryGetValue(_config.Caption.Student, out var student) ? Measure(_config.Caption.Student, student) : null,
            PoolNames.Count > 0 ? Joint() : null, PoolNames.Count, _missing);

        double Joint()
        {
            var all = PoolNames.Select(name => Verdicts(_said[name])).ToList();
            return Part(i => all.Exists(good => good[i]));
        }
    }

    private MeasuredMatcher Measure(Matcher matcher, int any)
    {
        List<Candidate> chosen = [.. Enumerable.Range(0, _clips.Count).Select(i => Choice(matcher, i) ?? new Candidate("", "", null, "none"))];
        var captions = Measure($"chosen by {matcher.Name}", chosen);
        var roc = RocCurve.Of([.. _scored[matcher.Name].SelectMany((candidates, i) => candidates.Where(candidate => candidate.Score is not null)
            .Select(candidate => ((double)candidate.Score!, World.IsGood(candidate.Caption, _clips[i].Scene.Facts))))]);
        return new(matcher.Name, captions, captions.Good * _clips.Count / any, roc?.Auc ?? double.NaN,
            matcher.Threshold ?? double.NaN, matcher.Threshold is { } threshold && roc is not null ? roc.At(threshold).BalancedAccuracy : double.NaN);
    }

    private Candidate? Choice(Matcher matcher, int clip) => CaptionChoice.Best(_scored[matcher.Name][clip]);

    private MeasuredCaptions Measure(string name, List<Candidate> candidates)
    {
        var good = Verdicts(candidates);
        MeasuredCaption[] referred = [.. candidates.Zip(_clips).Where(pair => pair.Second.Scene.References is { Count: > 0 })
            .Select(pair => new MeasuredCaption(pair.Second.Request.ClipId, pair.First.Caption, pair.Second.Scene.References!))];
        return new(name, Part(i => good[i]), referred.Length > 0 ? CaptionMeasures.Of(referred).Corpus : null);
    }

    private bool[] Verdicts(List<Candidate> candidates) => [.. candidates.Zip(_clips).Select(pair => World.IsGood(pair.First.Caption, pair.Second.Scene.Facts))];

    private double Part(Func<int, bool> of) => Enumerable.Range(0, _clips.Count).Count(of) / (double)_clips.Count;
}
