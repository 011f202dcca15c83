using Panda.Stream.Splitting;

namespace Panda.Stream.Tuning;

/// <summary>Stage 2 over one result under many settings, all cores at once.</summary>
/// <param name="Axes">The keys that vary.</param>
/// <param name="Points">One for every combination of their values that can be, the last axis running fastest.</param>
/// <param name="LeftOut">How many combinations were left out since their values exclude each other.</param>
public sealed record Sweep(IReadOnlyList<SweepAxis> Axes, IReadOnlyList<SweepPoint> Points, int LeftOut)
{
    // Some minutes' work on a large result; more is a slip of a step.
    private const int MostCombinations = 100_000;

    /// <param name="truth">The true scenes of one of the videos, by its video_id, if borders are to be judged.</param>
    /// <param name="stop">Once cancelled, no further setting is tried.</param>
    /// <exception cref="TuningException">A key or value is wrong, would need the videos decoded again, or no combination can be.</exception>
    /// <exception cref="OperationCanceledException">It was stopped before all settings were tried.</exception>
    public static Sweep Run(RecordedSplit recorded, IReadOnlyList<SweepAxis> axes, (string VideoId, SceneTruth Scenes)? truth = null, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        var twice = axes.GroupBy(axis => axis.Key).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null)
            throw new TuningException($"{twice.Key}: found it {twice.Count()} times, expected each key once; several values are written key=a,b,c");
        var combinations = axes.Aggregate(1.0, (product, axis) => product * axis.Values.Count);
        if (combinations > MostCombinations)
            throw new TuningException($"sweep: found {combinations:0} settings, expected at most {MostCombinations}; widen a step or leave out a key");
        // Every combination is checked before the first is tried.
        var tried = SweepAxis.Combinations(axes).Select(recorded.Check).Zip(Values(axes), (check, values) => (check.Settings, check.Exclusion, Values: values)).ToArray();
        var possible = Array.FindAll(tried, one => one.Exclusion is null);
        if (possible.Length == 0)
            throw new TuningException(tried[0].Exclusion!.ToString());
        var points = new SweepPoint[possible.Length];
        Parallel.For(0, possible.Length, new ParallelOptions { CancellationToken = stop }, i => points[i] = Try(recorded, possible[i].Settings.Numbers, possible[i].Values, truth));
        return new(axes, points, tried.Length - possible.Length);
    }

    private static IEnumerable<string[]> Values(IEnumerable<SweepAxis> axes) =>
        axes.Aggregate((IEnumerable<string[]>)[[]], (before, axis) => before.SelectMany(set => axis.Values.Select(value => (string[])[.. set, value])));

    private static SweepPoint Try(RecordedSplit recorded, SplitSettings settings, string[] values, (string VideoId, SceneTruth Scenes)? truth)
    {
        var lengths = new List<double>();
        var coherence = new List<double>();
        var drops = new SortedDictionary<DropReason, int>();
        (int, int)? borders = null;
        foreach (var video in recorded.Videos)
        {
            var result = video.Split(settings, recorded.Rules.Thresholds);
            lengths.AddRange(result.Clips.Select(clip => video.Facts.Seconds(clip.EndPts) - video.Facts.Seconds(clip.StartPts)));
            coherence.AddRange(result.Clips.Select(clip => clip.MaxRunningLpips).OfType<double>());
            foreach (var drop in result.Outcomes.Select(outcome => outcome.Drop).OfType<Drop>())
                drops[drop.Reason] = drops.GetValueOrDefault(drop.Reason) + 1;
            if (truth is { } known && known.VideoId == video.VideoId)
                borders = known.Scenes.Judge(result.Outcomes, settings.ThresholdsFor(recorded.Rules.Thresholds).Stitch);
        }
        lengths.Sort();
        return new(values, lengths.Count, lengths, coherence.Count == 0 ? null : coherence.Average(), drops, borders);
    }
}
