using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Panda.Stream.Splitting;
using Panda.Stream.Telemetry;
using Panda.Stream.Videos;

namespace Panda.Stream.Graph;

/// <summary>What every lane of a run shares.</summary>
/// <param name="Split">The rules of splitting.</param>
/// <param name="Thresholds">The embedder's own thresholds.</param>
/// <param name="Embed">Embeds a frame: unit-norm features. Batched across lanes behind this call.</param>
/// <param name="Coherence">How coherence is measured; null when it is not.</param>
/// <param name="DecoderThreads">Codec threads of each video.</param>
/// <param name="KeptShortSide">Pixels of a kept frame's shorter side.</param>
/// <param name="KeptPerSecond">Kept frames a second, from which models sample.</param>
/// <param name="Memory">What the videos of all lanes may take together.</param>
/// <param name="Capacities">How many items each stage holds.</param>
public sealed record LaneOptions(
    SplitSettings Split, DistanceThresholds Thresholds, Func<KeptFrame, Task<float[]>> Embed, CoherenceOptions? Coherence,
    int DecoderThreads, int KeptShortSide, double KeptPerSecond, MemoryBudget Memory, Capacities Capacities)
{
    /// <summary>Kept frames a second below which models would see some frame twice, even in the shortest clip: memory is not saved further.</summary>
    public double LeastKeptPerSecond { get; init; } = KeptPerSecond;

    /// <summary>Bytes of the features of a frame, where coherence is measured.</summary>
    public long FeatureBytes { get; init; }

    /// <summary>Makes what opens a lane's videos: the lane's own, so that one of them cannot disturb another's.</summary>
    public Func<IVideoOpener> Opener { get; init; } = () => new ThreadOpener();

    /// <summary>Makes what scores a video's frames, once it was opened.</summary>
    public Func<LaneVideo, IFrameAnalyzer> Analyzer { get; init; } = video => FrameAnalyzers.OnCpu(Split, video.Info.Rotation);

    /// <summary>How long a decoder may work.</summary>
    public DecodeDeadlines Deadlines { get; init; } = DecodeDeadlines.None;
}

/// <summary>
/// A chain of bounded stages through which one video after another streams: decode -> score -> cut -> stitch.
/// Batches of leased frames flow as far as the cut stage, segments with a few small frames from there on.
/// </summary>
[SuppressMessage("Design", "CA1031", Justification = "Whatever goes wrong in one video costs that video, with its reason, and nothing else.")]
public sealed class Lane
{
    private readonly LaneOptions _options;
    private readonly ILaneOutput _output;
    private readonly RunCounters _counters;
    private readonly CancellationToken _stop;
    private readonly Stage<LaneVideo> _decode;
    private readonly Stage<FrameBatch> _score;
    private readonly Stage<FrameBatch> _cut;
    private readonly Stage<LaneSegment> _stitch;

    private readonly ConcurrentQueue<FrameBatch> _idle = new();
    private IVideoOpener _opener;

    private IFrameAnalyzer? _analyzer;
    private bool _cannotScore;
    private FrameKeeper? _keeper;
    private RunningCoherence? _coherence;
    private VideoStitcher? _stitcher;

    /// <param name="stop">Once cancelled, no further frame is decoded; what was is finished.</param>
    /// <param name="fault">Told of what must stop the whole run.</param>
    public Lane(LaneOptions options, ILaneOutput output, RunCounters counters, Action<Exception> fault, CancellationToken stop)
    {
        (_options, _output, _counters, _stop) = (options, output, counters, stop);
        _opener = options.Opener();
        var capacities = options.Capacities;
        _stitch = new("stitch", "segments", capacities.Segments, 1, StitchAsync, fault, describe: item => item.Video.Input.VideoId);
        _cut = new("cut", "frames", capacities.Batches, 1, CutAsync, fault, batch => batch.Count, NameOf);
        _score = new("score", "frames", capacities.Batches, 1, ScoreAsync, fault, batch => batch.Count, NameOf);
        _decode = new("decode", "frames", 1, 1, DecodeAsync, fault, video => video.Frames, video => video.Input.VideoId);

        // A batch that has arrived belongs to no video any more.
        static string NameOf(FrameBatch batch) => batch.Video?.Input.VideoId ?? "";
    }

    /// <summary>The stages of several lanes, those of one name taken together.</summary>
    /// <param name="frames">Frames decoded so far: decode itself counts a video's only when it has left.</param>
    internal static IEnumerable<StageCount> Counts(IEnumerable<Lane> lanes, long frames) =>
        lanes.SelectMany(lane => lane.Counts()).GroupBy(stage => (stage.Name, stage.Unit)).Select(stages => new StageCount(
            stages.Key.Name, stages.Key.Unit, stages.Key.Name == "decode" ? frames : stages.Sum(stage => stage.Done),
            stages.Sum(stage => stage.Waiting), stages.Sum(stage => stage.Inside), stages.Sum(stage => stage.Capacity)));

    private IEnumerable<StageCount> Counts() => [_decode.Count, _score.Count, _cut.Count, _stitch.Count];

    /// <summary>What the stages work on now, in the order in which the data flows.</summary>
    public IEnumerable<AtWork> AtWork => [.. _decode.AtWork, .. _score.AtWork, .. _cut.AtWork, .. _stitch.AtWork];

    /// <summary>Takes videos until there are no more, then ends when the last has left the lane.</summary>
    public async Task RunAsync(Func<LaneVideo?> next)
    {
        while (next() is { } video)
            await _decode.SendAsync(video).ConfigureAwait(false);
        await _decode.CompleteAsync().ConfigureAwait(false);
        await _score.CompleteAsync().ConfigureAwait(false);
        await _cut.CompleteAsync().ConfigureAwait(false);
        await _stitch.CompleteAsync().ConfigureAwait(false);
        _opener.Dispose();
    }

    private async Task DecodeAsync(LaneVideo video)
    {
        _counters.Enter(video.Input.VideoId);
        using var watch = new DecodeWatch(_options.Deadlines);
        var opener = _opener;
        // On a thread that the stage can do without, should it not come back.
        var reading = Task.Run(() => ReadAsync(video, opener, watch));
        await Task.WhenAny(reading, watch.GivenUp).ConfigureAwait(false);
        if (watch.GivenUp.IsCompleted)
        {
            _opener = _options.Opener();
            video.Fail("decode", $"{watch.Passed}; its thread is stuck in it and was left behind");
        }
        await _score.SendAsync(NewBatch(video, endsVideo: true)).ConfigureAwait(false);
    }

    /// <summary>Sends on all frames of a video. Once the watch has given up on it, it touches neither video nor stages again.</summary>
    private async Task ReadAsync(LaneVideo video, IVideoOpener opener, DecodeWatch watch)
    {
        IVideoHeader? header = null;
        IFrameSource? source = null;
        try
        {
            _stop.ThrowIfCancellationRequested();
            header = watch.Time(0, () => opener.Open(video.Input.Path, watch.Interrupt));
            var memory = video.Memory = await VideoMemory.ReserveAsync(header, _options, _stop).ConfigureAwait(false);
            source = watch.Time(0, () => header.Decode(memory.Manner.DecoderThreads));
            video.Info = source.Info;
            while (video.Failure is null && ReadBatch(video, source, watch) is { } batch)
                await _score.SendAsync(batch).ConfigureAwait(false);
            video.Damaged = source.CorruptPackets + source.DecodeErrors;
            video.BackwardJumps = source.BackwardJumps;
            video.DecodedByCpu = source.CardRefusal;
            video.IsSeekable = video.Damaged == 0 && video.BackwardJumps == 0;
            if (watch.Passed is { } passed)
                video.Fail("decode", passed);
            else if (source.End is { IsClean: false } end)
                video.Fail("decode", end.ToString());
        }
        catch (DecodeAbandonedException)
        {
            opener.Dispose();
        }
        catch (OperationCanceledException)
        {
            Stop(video, "stopped by the user before it was opened");
        }
        catch (Exception error)
        {
            video.Fail("decode", watch.Passed ?? (error is VideoException refused ? refused.Reason : error.Message), error is VideoException ? null : error);
        }
        finally
        {
            source?.Dispose();
            header?.Dispose();
        }
    }

    // Nothing waits for it from here on.
    private void Stop(LaneVideo video, string reason)
    {
        video.Stop(reason);
        _counters.Leave(video.Input.VideoId);
    }

    private FrameBatch? ReadBatch(LaneVideo video, IFrameSource source, DecodeWatch watch)
    {
        if (_stop.IsCancellationRequested)
        {
            Stop(video, $"stopped by the user after {Plural.Of(video.Frames, "frame")}");
            return null;
        }
        var batch = NewBatch(video, endsVideo: false);
        try
        {
            watch.Enter(video.SecondsDecoded);
            try
            {
                while (batch.Count < video.Memory!.Manner.FramesPerBatch && source.TryRead(out var frame))
                {
                    if (NoteSize(video, frame) is { } tooLarge)
                    {
                        frame.Dispose();
                        video.Fail("decode", tooLarge);
                        break;
                    }
                    batch.Frames[batch.Count++] = frame;
                }
            }
            finally
            {
                watch.Leave();
            }
        }
        catch
        {
            for (var i = 0; i < batch.Count; i++)
                batch.Frames[i].Dispose();
            throw;
        }
        if (batch.Count == 0)
            return null;
        video.Frames += batch.Count;
        video.SecondsDecoded = video.Info.Seconds(batch.Frames[batch.Count - 1].Pts);
        _counters.AddFrames(batch.Count);
        return batch;
    }

    /// <summary>Why a frame cannot go on: headers may lie and sizes change, but no frame passes that was not reserved for. Null when it can.</summary>
    private static string? NoteSize(LaneVideo video, DecodedFrame frame)
    {
        var uncounted = frame.Index >= VideoNeeds.MostFrames(video.Info);
        var size = (frame.Width, frame.Height, frame.PixelFormat, uncounted);
        if (size == video.Size)
            return null;
        video.Size = size;
        if (frame.Index > 0 && (frame.Width != video.Info.Width || frame.Height != video.Info.Height))
            video.OtherSize ??= (frame.Index, frame.Width, frame.Height);
        return video.Memory!.Fit(
            video.Info with { Width = frame.Width, Height = frame.Height, PixelFormat = frame.PixelFormat, FrameCountEstimate = uncounted ? null : video.Info.FrameCountEstimate },
            frame.PictureBytes);
    }

    private FrameBatch NewBatch(LaneVideo video, bool endsVideo)
    {
        if (!_idle.TryDequeue(out var batch))
            batch = new FrameBatch(_options.Capacities.FramesPerBatch);
        (batch.Video, batch.Count, batch.EndsVideo) = (video, 0, endsVideo);
        return batch;
    }

    private Task ScoreAsync(FrameBatch batch)
    {
        var video = batch.Video!;
        var scored = 0;
        try
        {
            // Whatever the decoder has failed at since: what it decoded before is sound.
            if (batch.Count > 0 && !_cannotScore)
            {
                _analyzer ??= _options.Analyzer(video);
                var before = _analyzer.Scored;
                try
                {
                    _analyzer.Score(batch.Frames.AsSpan(0, batch.Count), batch.Scores);
                }
                finally
                {
                    for (; scored < _analyzer.Scored - before; scored++)
                        _output.Score(video, batch.Scores[scored], batch.Frames[scored].Pts);
                }
            }
        }
        catch (Exception error)
        {
            video.Fail("score", error.Message, error);
            _cannotScore = true;
        }
        // Without its score no frame is cut.
        for (var i = scored; i < batch.Count; i++)
            batch.Frames[i].Dispose();
        batch.Count = scored;
        if (batch.EndsVideo)
        {
            Renew(ref _analyzer);
            _cannotScore = false;
        }
        return _cut.SendAsync(batch);
    }

    private async Task CutAsync(FrameBatch batch)
    {
        var video = batch.Video!;
        var ends = batch.EndsVideo;
        var taken = 0;
        try
        {
            while (taken < batch.Count)
            {
                _keeper ??= new FrameKeeper(_options.Split, video.Info, _options.KeptShortSide, video.Memory!.Manner.KeptPerSecond, video.Memory.Manner.Undecided);
                var frame = batch.Frames[taken];
                foreach (var segment in _keeper.Push(frame, batch.Scores[taken++].Value))
                    await SendAsync(video, segment).ConfigureAwait(false);
            }
            if (ends && _keeper is not null && !video.WasStopped)
            {
                foreach (var segment in _keeper.Finish())
                    await SendAsync(video, segment).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            video.Fail("cut", error.Message, error);
        }
        for (; taken < batch.Count; taken++)
            batch.Frames[taken].Dispose();
        batch.Video = null;
        _idle.Enqueue(batch);
        if (!ends)
            return;
        video.Cuts = _keeper?.Cuts ?? [];
        Renew(ref _keeper);
        _ = _coherence?.EndAsync();
        _coherence = null;
        video.Memory?.DecodingEnded();
        await _stitch.SendAsync(new LaneSegment(video, null, null)).ConfigureAwait(false);
    }

    private Task SendAsync(LaneVideo video, SegmentFrames frames)
    {
        _counters.AddSegment();
        video.SegmentsCut++;
        if (_options.Coherence is { } coherence)
            _coherence ??= new RunningCoherence(coherence, video.Info);
        return _stitch.SendAsync(new LaneSegment(video, frames, EmbedAsync(video, frames, _coherence?.AddAsync(frames))));
    }

    private async Task<EmbeddedSegment> EmbedAsync(LaneVideo video, SegmentFrames frames, Task<CoherenceSamples>? coherence)
    {
        var embedded = await EmbedAsync(frames).ConfigureAwait(false) with { Pts = frames.Pts, Damaged = frames.Damaged };
        try
        {
            return coherence is null ? embedded : embedded with { Samples = await coherence.ConfigureAwait(false) };
        }
        catch (Exception error)
        {
            video.Unmeasured = error.Message;   // a figure is missing, the clip is none the worse
            return embedded;
        }
    }

    private async Task<EmbeddedSegment> EmbedAsync(SegmentFrames frames)
    {
        try
        {
            var features = await Task.WhenAll(_options.Embed(frames.First), _options.Embed(frames.Last)).ConfigureAwait(false);
            return new(frames.Segment, frames.Probes, features[0], features[1], null);
        }
        catch (Exception error)
        {
            return new(frames.Segment, frames.Probes, null, null, error.Message);
        }
    }

    private async Task StitchAsync(LaneSegment item)
    {
        var video = item.Video;
        if (video.WasOpened)
        {
            _stitcher ??= new VideoStitcher(video, _options.Split, _options.Thresholds, _output);
            if (item.Frames is { } frames)
                await _stitcher.AddAsync(frames, await item.Embedding!.ConfigureAwait(false)).ConfigureAwait(false);
            else
                await (video.WasStopped ? _stitcher.AbandonAsync() : _stitcher.FinishAsync()).ConfigureAwait(false);
        }
        if (item.Frames is null)
        {
            _stitcher = null;
            video.Memory?.VideoEnded();
            await _output.VideoEndedAsync(video).ConfigureAwait(false);
            _counters.Leave(video.Input.VideoId);
        }
    }

    private static void Renew<T>(ref T? state) where T : class, IDisposable
    {
        state?.Dispose();
        state = null;
    }
}
