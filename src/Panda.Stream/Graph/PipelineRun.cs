using System.Diagnostics;
using Panda.Stream.Config;
using Panda.Stream.Native.DuckDb;
using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Selection.Filters;
using Panda.Stream.Shards;
using Panda.Stream.Telemetry;
using Panda.Stream.Videos;

namespace Panda.Stream.Graph;

/// <summary>A run from videos to shards: builds the graph of a configuration, streams the videos through it, and accounts for all that went in.</summary>
/// <remarks>
///     videos -> lane 1: decode -> score -> cut -> stitch -+           +-> teacher 1 -+
///            -> lane N: decode -> score -> cut -> stitch -+-> clips -+->    ...     -+-> select -> shards
/// Everything is built before anything starts, and completed from the first stage to the last, so that each stage drains into the next.
/// </remarks>
public sealed class PipelineRun : IAsyncDisposable
{
    private readonly VideoInputs _inputs;
    private readonly OutputFolder _folder;
    private readonly ModelSet _models;
    private readonly RunCall? _call;
    private readonly SplitRecord _split;
    private readonly ShardMetadata _metadata;
    private readonly ShardWriter _writer;
    private readonly RunCounters _counters = new();
    private readonly LaneModels _laneModels;
    private readonly CaptionGraph _captions;
    private readonly List<Lane> _lanes = [];
    private readonly CancellationTokenSource _stop;
    private readonly DateTime _started = DateTime.UtcNow;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Queue<VideoInput> _waiting;
    private readonly Lock _lock = new();
    private Exception? _fault;

    /// <param name="config">A configuration without errors.</param>
    /// <param name="inputs">The videos.</param>
    /// <param name="models">Its models, loaded; they stay the caller's.</param>
    /// <param name="folder">The claimed output folder; it stays the caller's.</param>
    /// <param name="stop">Once cancelled, nothing further is decoded; what is in flight is finished and the result is valid.</param>
    /// <param name="call">How it was called, and what of an earlier call is known; null where no command did.</param>
    public PipelineRun(PipelineConfig config, VideoInputs inputs, ModelSet models, OutputFolder folder, CancellationToken stop, RunCall? call = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(models);
        (_inputs, _folder, _models, _call) = (inputs, folder, models, call);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _split = SplitRecord.Of(config, models.Embedder, models.Features);
        _metadata = new ShardMetadata(PipelineHash.Of(config), EngineVersion.Text);
        _writer = new ShardWriter(folder, _metadata, config.Shards.Rows);
        _waiting = new Queue<VideoInput>(inputs.Videos);

        var threads = ThreadBudget.Of(config, inputs.Videos.Count);
        _captions = new CaptionGraph(
            new(models, config.Caption.Batch.Largest, TimeSpan.FromMilliseconds(config.Caption.Batch.LongestWaitMs), config.Select.MinScore,
                CaptionFilters.Load(config.Select.Filters),
                config.Deadlines.ClipS is { } seconds ? TimeSpan.FromSeconds(seconds) : null, call?.Reproduction), _writer, _counters, Fault);
        _laneModels = new LaneModels(config, models.Embedder, models.Features);
        var options = _laneModels.Options(config, threads, models.PictureSize, call?.Opened);
        for (var lane = 0; lane < threads.Lanes; lane++)
            _lanes.Add(new Lane(options, _captions, _counters, Fault, _stop.Token));

        // Decoders and models hold a pool thread for as long as they compute; the pool must not first wait to find that out.
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, 3 * _lanes.Count + models.Teachers.Count + 4), ports);
    }

    /// <summary>How the run stands now.</summary>
    public RunSnapshot Snapshot() =>
        new(_stop.IsCancellationRequested, _clock.Elapsed, _inputs.Videos.Count + _inputs.Failed.Count, _counters.VideosDone + _counters.VideosFailed,
            _counters.VideoSeconds, _counters.VideosInFlight, [.. Lane.Counts(_lanes, _counters.Frames), .. _captions.Counts])
        {
            AtWork = [.. _lanes.SelectMany(lane => lane.AtWork), .. _captions.AtWork],
            Models = _models.Calls,
        };

    /// <summary>Streams every video through the graph and writes the result.</summary>
    /// <returns>The report, as it stands in run.json.</returns>
    /// <exception cref="ShardWriteException">The shards could not be written; those committed before stay readable.</exception>
    public async Task<RunReport> RunAsync()
    {
        foreach (var failed in _inputs.Failed)
        {
            _counters.AddVideo(failed: true, seconds: 0);
            _writer.Add(Rows.OfFailed(failed, _call?.Reproduction));
        }
        await Task.WhenAll(_lanes.Select(lane => lane.RunAsync(NextVideo))).ConfigureAwait(false);
        await _captions.CompleteAsync().ConfigureAwait(false);
        if (_fault is { } fault)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);

        var report = Report(_writer.Complete());
        report.Write(_folder);
        _call?.Opened?.Delete();
        return report;
    }

    private LaneVideo? NextVideo()
    {
        VideoInput? input;
        lock (_lock)
        {
            if (!_waiting.TryDequeue(out input))
                return null;
        }
        // After a stop the rest goes through unopened, so that every video is accounted for.
        if (_stop.IsCancellationRequested)
            return new LaneVideo(input, VideoText.None);
        var sidecar = Sidecars.Read(input.Path);
        foreach (var warning in sidecar.Warnings)
            _counters.Warnings.Enqueue(warning);
        return new LaneVideo(input, sidecar.Text);
    }

    // What must stop the run (a disk that is full, a fault of our own) ends the decoding; what is in flight drains quickly.
    private void Fault(Exception error)
    {
        if (Interlocked.CompareExchange(ref _fault, error, null) is null)
            _stop.Cancel();
    }

    private RunReport Report(WrittenRows written)
    {
        var seconds = _clock.Elapsed.TotalSeconds;
        var (done, failed) = (_counters.VideosDone, _counters.VideosFailed);
        return new RunReport
        {
            Version = _metadata.Version,
            PipelineHash = _metadata.PipelineHash,
            Split = _split,
            Started = _started,
            Finished = DateTime.UtcNow,
            Interrupted = _stop.IsCancellationRequested,
            Videos = new(_inputs.Failed.Count + _inputs.Videos.Count, done, failed),
            InputsIgnored = _inputs.Ignored,
            Segments = new(_counters.Segments, written.SegmentsInClips, written.SegmentsDropped, written.Drops),
            Clips = new(_counters.Clips, written.Captioned, written.Clips, written.Filtered, written.FailedClips),
            FilteredBy = written.FilteredBy,
            NamesReplaced = written.NamesReplaced,
            Teachers = written.Teachers,
            Seconds = seconds,
            VideoSeconds = _counters.VideoSeconds,
            ModelCalls = _models.Calls,
            Engines = new Dictionary<string, string>
            {
                ["ffmpeg"] = Libav.Require(), ["onnxruntime"] = OnnxEnvironment.Version, ["duckdb"] = DuckDbLibrary.Version,
            },
            Warnings = [.. _counters.Warnings.Order(StringComparer.Ordinal)],
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _laneModels.DisposeAsync().ConfigureAwait(false);
        await _captions.DisposeAsync().ConfigureAwait(false);
        _writer.Dispose();
        _stop.Dispose();
    }
}

/// <summary>What a run knows of the command that called it.</summary>
/// <param name="Reproduction">The command, for one input.</param>
/// <param name="Opened">Keeps account of open videos for the run after a crash; null where nothing would start that.</param>
public sealed record RunCall(Reproduction? Reproduction, OpenedVideos? Opened);
