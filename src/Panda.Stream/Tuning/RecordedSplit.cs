using System.Text.Json.Nodes;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Shards;
using Panda.Stream.Splitting;

namespace Panda.Stream.Tuning;

/// <summary>A result cannot be tuned as asked; every reason, one a line.</summary>
public sealed class TuningException(string message) : Exception(message);

/// <summary>Settings of splitting as they were asked for, checked: the numbers, and the configuration that says them.</summary>
public sealed record TunedSettings(SplitConfig Config, SplitSettings Numbers);

/// <summary>A finished result as far as splitting goes: its videos' segments and the rules by which they were split.</summary>
public sealed class RecordedSplit
{
    private readonly string _folder;

    private readonly string _config;
    private readonly SplitConfig _recorded;

    private RecordedSplit(string folder, RunReport report, SplitRecord rules, IReadOnlyList<RecordedVideo> videos)
    {
        (_folder, Report, Rules, Videos) = (folder, report, rules, videos);
        _config = new JsonObject { ["split"] = rules.Config.DeepClone() }.ToJsonString();
        var bound = PipelineFile.Parse(Path.Combine(folder, RunReport.FileName), _config, []);
        _recorded = bound.Value?.Split ?? throw new InvalidDataException(string.Join('\n', bound.Diagnostics));
    }

    public RunReport Report { get; }

    public SplitRecord Rules { get; }

    /// <summary>By video_id; videos without a segment are not among them.</summary>
    public IReadOnlyList<RecordedVideo> Videos { get; }

    /// <exception cref="ShardReadException">There is no result, or one of its shards is lost or cannot be read.</exception>
    /// <exception cref="InvalidDataException">Its run.json is missing or does not say how the videos were split.</exception>
    public static RecordedSplit Load(string folder)
    {
        var reader = ShardReader.Open(folder);
        var path = Path.Combine(folder, RunReport.FileName);
        if (!File.Exists(path))
            throw new InvalidDataException($"{path}: found no such file, expected the report of a finished run");
        var report = RunReport.Load(folder);
        var rules = report.Split ?? throw new InvalidDataException($"{path}: found no key 'split', expected how the videos were split; was it written by an earlier version?");
        return new(folder, report, rules, [.. reader.Segments().GroupBy(row => row.VideoId, StringComparer.Ordinal)
            .OrderBy(rows => rows.Key, StringComparer.Ordinal).Select(RecordedVideo.Of)]);
    }

    /// <summary>The settings of the result with some keys set anew.</summary>
    /// <exception cref="TuningException">A key or value is wrong, or would need the videos decoded again.</exception>
    public TunedSettings With(IReadOnlyList<Override> overrides) =>
        Check(overrides) switch
        {
            (var settings, null) => settings,
            (_, var exclusion) => throw new TuningException(exclusion.ToString()),
        };

    /// <summary>The same, with the reason why its values exclude each other where they do.</summary>
    internal (TunedSettings Settings, Diagnostic? Exclusion) Check(IReadOnlyList<Override> overrides)
    {
        var known = overrides.ToLookup(set => set.Key is null || set.Key.StartsWith("split.", StringComparison.Ordinal));
        var bound = PipelineFile.Parse(Path.Combine(_folder, RunReport.FileName), _config, [.. known[true]]);
        var mistakes = bound.Diagnostics.Concat(known[false].Select(set =>
            new Diagnostic(new(set.Shown), DiagnosticCode.Conflict, $"{set.Key}: not a key of splitting{Suggestion.Tail(set.Key!, Tunable)}"))).ToList();
        var exclusions = new List<Diagnostic>();
        if (bound.Value is { } config)
        {
            mistakes.AddRange(NeedsDecoding(config.Split, bound.Locations));
            PipelineChecks.CheckSplit(config, bound.Locations, exclusions);
        }
        return mistakes.Count == 0
            ? (new(bound.Value!.Split, bound.Value.Split.ToSettings()), exclusions.FirstOrDefault())
            : throw new TuningException(string.Join('\n', mistakes.Concat(exclusions)));
    }

    private static readonly string[] Tunable =
        ["split.transition", "split.stitch", "split.still", "split.repeat", "split.shortest_s", "split.longest_s", "split.trim"];

    // A preset may bring such a number without its key being named; it is the number that counts.
    private IEnumerable<Diagnostic> NeedsDecoding(SplitConfig asked, Locations at)
    {
        var (now, then) = (asked.ToSettings(), _recorded.ToSettings());
        foreach (var (key, found, expected) in new (string, object, object)[]
        {
            ("detector", now.Detector, then.Detector), ("histogram_channels", now.HistogramChannels, then.HistogramChannels),
            ("histogram_metric", now.HistogramMetric, then.HistogramMetric),
            // Where it comes with what was named already, it is no mistake of its own.
            ("threshold", asked.Threshold is null && _recorded.Threshold is null ? then.Threshold : now.Threshold, then.Threshold), ("min_scene_frames", now.MinSceneLen, then.MinSceneLen),
            ("filter", now.Filter, then.Filter), ("downscale", now.Downscale, then.Downscale),
            ("segment_s", now.SegmentLength, then.SegmentLength), ("segment_slack_s", now.SegmentSlack, then.SegmentSlack),
            ("probe", now.Probe, then.Probe), ("embedder", asked.Embedder, _recorded.Embedder),
            ("keep_per_second", asked.KeepPerSecond, _recorded.KeepPerSecond),
        })
        {
            if (!found.Equals(expected))
                yield return new(at[$"split.{key}"] is { Line: 0 } there ? there : at["split.preset"], DiagnosticCode.Conflict,
                    $"split.{key}: found {Written(found)}, expected {Written(expected)} as in {_folder}; another value needs the videos decoded again, by a run of its own");
        }
    }

    private static object Written(object value) => value is Enum ? Names.Of(value.ToString()!) : value;
}
