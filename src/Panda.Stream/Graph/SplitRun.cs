using System.Collections.Concurrent;
using System.Diagnostics;
using Panda.Stream.Config;
using Panda.Stream.Models;
using Panda.Stream.Models.Calls;
using Panda.Stream.Splitting;
using Panda.Stream.Telemetry;
using Panda.Stream.Videos;

namespace Panda.Stream.Graph;

/// <summary>What splitting made of one video.</summary>
/// <param name="Video">The video; its failure, if it has one, came after what is reported here.</param>
/// <param name="Clips">Clips that stay, in order.</param>
/// <param name="Segments">Every segment with its outcome, in order.</param>
/// <param name="Warnings">What was wrong in it or in the files beside it and could be passed over.</param>
public sealed record SplitReport(LaneVideo Video, IReadOnlyList<VideoClip> Clips, IReadOnlyList<SegmentOutcome> Segments, IReadOnlyList<string> Warnings);

/// <summary>Splitting alone: the lanes of a run, whose ends are collected in memory instead of captioned.</summary>
public sealed class SplitRun : ILaneOutput
{
    private sealed record Collected(List<VideoClip> Clips, List<SegmentOutcome> Segments)
    {
        public ScoreFile? Scores { get; set; }
    }

    private readonly PipelineConfig _config;
    private readonly Embedder _embedder;
    private readonly FeatureExtractor? _features;
    private readonly string? _scoresFolder;
    private readonly Action<SplitReport> _done;
    private readonly ConcurrentDictionary<LaneVideo, Collected> _collected = new();
    private readonly TaskCompletionSource _fault = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private IReadOnlyList<Lane> _lanes = [];
    private IReadOnlyList<VideoInput> _videos = [];
    private CancellationToken _stop;

    /// <param name="features">Measures coherence; null when it is not wanted.</param>
    /// <param name="scoresFolder">Where to write each video's scores, if anywhere.</param>
    /// <param name="done">Given each video when it has ended.</param>
    public SplitRun(PipelineConfig config, Embedder embedder, FeatureExtractor? features, string? scoresFolder, Action<SplitReport> done) =>
        (_config, _embedder, _features, _scoresFolder, _done) = (config, embedder, features, scoresFolder, done);

    public RunCounters Counters { get; } = new();

    /// <summary>How it stands now.</summary>
    public RunSnapshot Snapshot() => new(_stop.IsCancellationRequested, _clock.Elapsed, _videos.Count, Counters.VideosDone + Counters.VideosFailed,
        Counters.VideoSeconds, Counters.VideosInFlight, [.. Lane.Counts(_lanes, Counters.Frames)])
    {
        AtWork = [.. _lanes.SelectMany(lane => lane.AtWork)],
        Models = ModelCalls,
    };

    private Dictionary<string, ModelCallCounts> ModelCalls => _features is null
        ? new() { [_embedder.Name] = _embedder.Calls.Counts }
        : new() { [_embedder.Name] = _embedder.Calls.Counts, [_features.Name] = _features.Calls.Counts };

    /// <summary>Splits the videos, some side by side.</summary>
    public async Task RunAsync(IReadOnlyList<VideoInput> videos, CancellationToken stop)
    {
        (_videos, _stop) = (videos, stop);
        await using var models = new LaneModels(_config, _embedder, _features);
        var threads = ThreadBudget.Of(_config, videos.Count);
        var sizes = _features is null ? [_embedder.PictureSize] : new[] { _embedder.PictureSize, _features.PictureSize };
        var options = models.Options(_config, threads, sizes.Max(size => Math.Max(size.Width, size.Height)), framesOfAClip: 0);
        var waiting = new ConcurrentQueue<VideoInput>(videos);
        LaneVideo? Next()
        {
            if (stop.IsCancellationRequested || !waiting.TryDequeue(out var video))
                return null;
            var sidecar = Sidecars.Read(video.Path);
            return new LaneVideo(video, sidecar.Text) { TextWarnings = sidecar.Warnings };
        }

        _lanes = [.. Enumerable.Range(0, threads.Lanes).Select(_ => new Lane(options, this, Counters, error => _fault.TrySetException(error), stop))];
        await Task.WhenAll(_lanes.Select(lane => lane.RunAsync(Next))).ConfigureAwait(false);
        if (_fault.Task.IsFaulted)
            await _fault.Task.ConfigureAwait(false);
    }

    void ILaneOutput.Score(LaneVideo video, FrameScore score, long pts)
    {
        if (_scoresFolder is null)
            return;
        var collected = Of(video);
        collected.Scores ??= new(Path.Combine(_scoresFolder, video.Input.VideoId + ".csv"));
        collected.Scores.Add(score, 1000 * video.Info.Seconds(pts));
    }

    Task ILaneOutput.ClipAsync(VideoClip clip)
    {
        Of(clip.Video).Clips.Add(clip with { Frames = [] });
        clip.Leave();
        return Task.CompletedTask;
    }

    Task ILaneOutput.SegmentAsync(LaneVideo video, SegmentOutcome outcome)
    {
        Of(video).Segments.Add(outcome);
        return Task.CompletedTask;
    }

    Task ILaneOutput.VideoEndedAsync(LaneVideo video)
    {
        Counters.AddVideo(video.Failure is not null, video.Seconds);
        var collected = Of(video);
        collected.Scores?.Dispose();
        _collected.TryRemove(video, out _);
        _done(new SplitReport(video, collected.Clips, collected.Segments, [.. video.TextWarnings, .. video.Warnings()]));
        return Task.CompletedTask;
    }

    private Collected Of(LaneVideo video) => _collected.GetOrAdd(video, _ => new([], []));
}
