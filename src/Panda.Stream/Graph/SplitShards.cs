using Panda.Stream.Config;
using Panda.Stream.Models;
using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Shards;
using Panda.Stream.Telemetry;
using Panda.Stream.Videos;

namespace Panda.Stream.Graph;

/// <summary>Writes what splitting alone made as a result like that of a run, but for captions.</summary>
public sealed class SplitShards
{
    private readonly OutputFolder _folder;
    private readonly SplitRecord _rules;
    private readonly ShardMetadata _metadata;
    private readonly ShardWriter _writer;
    private readonly DateTime _started = DateTime.UtcNow;
    private readonly List<string> _warnings = [];
    private int _stopped, _segmentsOfStopped;

    /// <param name="folder">The claimed output folder; it stays the caller's.</param>
    public SplitShards(PipelineConfig config, Embedder embedder, FeatureExtractor? features, OutputFolder folder)
    {
        ArgumentNullException.ThrowIfNull(config);
        _folder = folder;
        _rules = SplitRecord.Of(config, embedder, features);
        _metadata = new ShardMetadata(PipelineHash.OfSplitting(config), EngineVersion.Text);
        _writer = new ShardWriter(folder, _metadata, config.Shards.Rows);
    }

    public void Add(FailedInput failed) => _writer.Add(Rows.OfFailed(failed, null));

    public void Add(SplitReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        // Only whole videos can be tuned: what is known of one that the user stopped would be made into other clips.
        if (report.Video.WasStopped)
        {
            _stopped++;
            _segmentsOfStopped += report.Segments.Count;
            return;
        }
        _warnings.AddRange(report.Warnings);
        foreach (var clip in report.Clips)
            _writer.Add(Rows.Of(clip, [], null, new(_rules.Embedder, "", [])));
        foreach (var outcome in report.Segments)
            _writer.Add(Rows.Of(report.Video, outcome));
        if (report.Video.Failure is not null)
            _writer.Add(Rows.OfFailed(report.Video, null));
    }

    /// <summary>Writes what is held, and run.json.</summary>
    public RunReport Complete(VideoInputs inputs, RunCounters counters, bool interrupted)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(counters);
        var written = _writer.Complete();
        var (all, failed) = (inputs.Videos.Count + inputs.Failed.Count, counters.VideosFailed + inputs.Failed.Count - _stopped);
        var report = new RunReport
        {
            Version = _metadata.Version,
            PipelineHash = _metadata.PipelineHash,
            Started = _started,
            Finished = DateTime.UtcNow,
            Interrupted = interrupted,
            Captioned = false,
            Split = _rules,
            Videos = new(all, counters.VideosDone, failed, all - counters.VideosDone - failed),
            InputsIgnored = inputs.Ignored,
            Segments = new(counters.Segments - _segmentsOfStopped, written.SegmentsInClips, written.SegmentsDropped, written.Drops),
            Clips = new(written.Clips, 0, written.Clips, 0, 0),
            Teachers = new Dictionary<string, TeacherCounts>(),
            Seconds = (DateTime.UtcNow - _started).TotalSeconds,
            VideoSeconds = counters.VideoSeconds,
            Engines = new Dictionary<string, string>
            {
                ["ffmpeg"] = Libav.Require(), ["onnxruntime"] = OnnxEnvironment.Version, ["parquet.net"] = ShardMetadata.Engine,
            },
            Warnings = [.. _warnings.Order(StringComparer.Ordinal)],
        };
        report.Write(_folder);
        return report;
    }
}
