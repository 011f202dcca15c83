using System.Diagnostics;
using Panda.Stream.Config;
using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Selection.Filters;
using Panda.Stream.Shards;
using Panda.Stream.Shards.Ledger;
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
    private readonly RunLedger _ledger;
    private readonly LedgerWriter _writer;
    private readonly EarlierResults _earlier;
    private readonly RunCounters _counters = new();
    private readonly LaneModels _laneModels;
    private readonly CaptionGraph _captions;
    private readonly List<Lane> _lanes = [];
    private readonly RecordedLane _recordedLane;
    private readonly CancellationTokenSource _stop;
    private readonly DateTime _started = DateTime.UtcNow;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Queue<LedgerVideo> _waiting = [], _recorded = [];
    private readonly int _finishedBefore;
    private readonly Lock _lock = new();
    private readonly CancellationTokenRegistration _lost;
    private Exception? _fault;

    /// <param name="config">A configuration without errors.</param>
    /// <param name="inputs">The videos.</param>
    /// <param name="models">Its models, loaded; they stay the caller's.</param>
    /// <param name="folder">The claimed output folder; it stays the caller's.</param>
    /// <param name="stop">Once cancelled, nothing further is decoded; what is in flight is finished and the result is valid.</param>
    /// <param name="call">How it was called; null where no command did.</param>
    /// <exception cref="LedgerException">The folder's ledger cannot be used.</exception>
    public PipelineRun(PipelineConfig config, VideoInputs inputs, ModelSet models, OutputFolder folder, CancellationToken stop, RunCall? call = null)
        : this(config, inputs, models, CaptionModels.Of(models), folder, stop, call)
    {
    }

    /// <param name="captions">What is asked of the models for clips, where a measurement puts something of its own around them.</param>
    internal PipelineRun(PipelineConfig config, VideoInputs inputs, ModelSet models, CaptionModels captions, OutputFolder folder, CancellationToken stop, RunCall? call = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(models);
        (_inputs, _folder, _models, _call) = (inputs, folder, models, call);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _split = SplitRecord.Of(config, models.Embedder, models.Features);
        _metadata = new ShardMetadata(PipelineHash.Of(config), EngineVersion.Text);
        var identity = RunIdentity.Of(config, models.Identities, models.Features?.Identity, models.PictureSize);
        _ledger = RunLedger.Open(folder, config, identity, inputs, [.. inputs.Failed.Select(failed => Rows.OfFailed(failed, call?.Reproduction))], call?.Reproduction, call?.Retry ?? false);
        _writer = new LedgerWriter(_ledger, folder, _metadata, config.Shards.Rows, [.. models.Teachers.Select(teacher => teacher.Name)]);
        _earlier = new EarlierResults(_ledger, folder, identity);
        foreach (var video in _ledger.Videos.Where(video => video.State == VideoState.Waiting))
            (_earlier.HasSegments(video) ? _recorded : _waiting).Enqueue(video);
        _finishedBefore = _ledger.Videos.Count - _waiting.Count - _recorded.Count;

        var threads = ThreadBudget.Of(config, inputs.Videos.Count);
        _captions = new CaptionGraph(
            new(captions, config.Caption.Batch.Largest, TimeSpan.FromMilliseconds(config.Caption.Batch.LongestWaitMs), config.Select.MinScore,
                CaptionFilters.Load(config.Select.Filters), Capacities.For(config.Caption.Batch.Largest, threads.DecoderThreads, models.TeacherReplicas.Max(teacher => teacher.Count)))
            {
                ClipTime = config.Deadlines.ClipS is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                GiveUpAfter = config.Caption.GiveUpAfter,
                Reproduction = call?.Reproduction,
            }, _writer, _counters, Fault);
        _laneModels = new LaneModels(config, models);
        var options = _laneModels.Options(config, threads, models.PictureSize, models.FramesOfAClip, call?.Opened);
        Memory = options.Memory;
        for (var lane = 0; lane < threads.Lanes; lane++)
            _lanes.Add(new Lane(options, _captions, _counters, Fault, _stop.Token));
        _recordedLane = new RecordedLane(options, _captions, _counters, _stop.Token);

        // Decoders and models hold a pool thread for as long as they compute; the pool must not first wait to find that out.
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, 3 * _lanes.Count + models.CallsAtOnce + 2), ports);
        _lost = models.Devices.Lost.Register(() => Fault(models.Devices.Loss!));
    }

    /// <summary>What to tell the user before it starts.</summary>
    public IReadOnlyList<string> Notes => [.. _ledger.Plan.Notes, .. _earlier.Notes];

    /// <summary>What its videos may take, and take.</summary>
    internal MemoryBudget Memory { get; }

    /// <summary>What the folder's ledger says is to be done.</summary>
    public RunPlan Plan => _ledger.Plan;

    /// <summary>What this start has computed, as far as it has come: frames decoded, probe frames embedded, captions asked of each teacher, clips scored.</summary>
    public RunWork Work => new(_counters.Frames, _laneModels.Embedded, _captions.Work.Captions, _captions.Work.Scored);

    /// <summary>How the run stands now.</summary>
    public RunSnapshot Snapshot() =>
        new(_stop.IsCancellationRequested, _clock.Elapsed, _ledger.Videos.Count, _finishedBefore + _counters.VideosDone + _counters.VideosFailed,
            _counters.VideoSeconds, _counters.VideosInFlight, [.. Lane.Counts(_lanes, _counters.Frames), .. _captions.Counts])
        {
            AtWork = [.. _lanes.SelectMany(lane => lane.AtWork), .. _captions.AtWork],
            Models = _models.Calls,
            GivenUp = _captions.GivenUp,
        };

    /// <summary>Streams every video through the graph and writes the result.</summary>
    /// <returns>The report, as it stands in run.json.</returns>
    /// <exception cref="Models.Devices.DevicesLostException">No device was left for a model; what was finished before is kept.</exception>
    /// <exception cref="ShardWriteException">The shards could not be written; those committed before stay readable.</exception>
    public async Task<RunReport> RunAsync()
    {
        await Task.WhenAll(_lanes.SelectMany(lane => new[] { lane.RunAsync(NextVideo), RunRecordedAsync() })).ConfigureAwait(false);
        await _captions.CompleteAsync().ConfigureAwait(false);
        ThrowFault();
        _writer.Complete();
        var report = Report();
        // What the earlier results still held is in this one now. They go before the report, with which the run is complete: no start after a kill would look for them.
        if (report.Videos.Waiting == 0)
            _earlier.Delete();
        report.Write(_folder);
        _call?.Opened?.Delete();
        return report;
    }

    private LaneVideo? NextVideo()
    {
        lock (_lock)
        {
            if (_stop.IsCancellationRequested || !_waiting.TryDequeue(out var video))
                return null;
            return Take(video);
        }
    }

    private async Task RunRecordedAsync()
    {
        while (Next() is { } video)
        {
            try
            {
                await _recordedLane.RunAsync(Take(video)).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Handed on whole: the run stops.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Fault(error);
            }
        }

        LedgerVideo? Next()
        {
            lock (_lock)
                return !_stop.IsCancellationRequested && _recorded.TryDequeue(out var video) ? video : null;
        }
    }

    private LaneVideo Take(LedgerVideo video)
    {
        var sidecar = Sidecars.Read(video.Path);
        var known = _earlier.Find(video);
        _writer.Tell(new(video.Id, null, "videos", DateTime.UtcNow, 0, known.Segments is { } segments
            ? $"taken in; {Plural.Of(segments.Count, "segment")} and {Plural.Of(known.Clips.Count, "captioned clip")} known from an earlier result"
            : known.Clips.Count > 0 ? $"taken in; {Plural.Of(known.Clips.Count, "captioned clip")} known from before" : "taken in"));
        return new LaneVideo(new VideoInput(video.Id, video.Path), sidecar.Text) { Ordinal = video.Ordinal, TextWarnings = sidecar.Warnings, Known = known };
    }

    private void ThrowFault()
    {
        if (_fault is { } fault)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
    }

    // What must stop the run (a disk that is full, a fault of our own) ends the decoding; what is in flight drains quickly.
    private void Fault(Exception error)
    {
        if (Interlocked.CompareExchange(ref _fault, error, null) is null)
            _stop.Cancel();
    }

    private RunReport Report()
    {
        var (videos, began, seconds) = _writer.Accounts();
        return RunReport.Sum(videos, _writer.Mismatches) with
        {
            Version = _metadata.Version,
            PipelineHash = _metadata.PipelineHash,
            Split = _split,
            Started = began,
            Finished = DateTime.UtcNow,
            Seconds = seconds,
            ModelCalls = _models.Calls,
            Devices = _models.DeviceCounts,
            InputsIgnored = _inputs.Ignored,
            Engines = new Dictionary<string, string>
            {
                ["ffmpeg"] = Libav.Require(), ["onnxruntime"] = OnnxEnvironment.Version, ["parquet.net"] = ShardMetadata.Engine,
            },
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _lost.DisposeAsync().ConfigureAwait(false);
        await _laneModels.DisposeAsync().ConfigureAwait(false);
        await _captions.DisposeAsync().ConfigureAwait(false);
        _earlier.Dispose();
        _writer.Dispose();
        _ledger.Dispose();
        _stop.Dispose();
    }
}

/// <summary>What a start of a run has computed itself; the rest of its result was there before.</summary>
/// <param name="Frames">Frames decoded.</param>
/// <param name="Embedded">Probe frames embedded.</param>
/// <param name="Captions">Captions asked of each teacher, by its name.</param>
/// <param name="Scored">Clips that the matcher scored.</param>
public sealed record RunWork(long Frames, long Embedded, IReadOnlyDictionary<string, long> Captions, long Scored);

/// <summary>What a run knows of the command that called it.</summary>
/// <param name="Reproduction">The command, for one input.</param>
/// <param name="Opened">Keeps account of open videos for the run after a crash; null where nothing would start that.</param>
public sealed record RunCall(Reproduction? Reproduction, OpenedVideos? Opened)
{
    /// <summary>Take up again the videos and clips that had failed, and ask again the teachers that had not answered.</summary>
    public bool Retry { get; init; }
}
