using Panda.Stream.Videos;

namespace Panda.Stream.Splitting;

/// <summary>What the models get to see of a segment, and its times.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="Probes">Its probe frames.</param>
/// <param name="First">The first probe.</param>
/// <param name="Last">The last probe.</param>
/// <param name="Frames">Its kept frames, evenly spaced, in order.</param>
/// <param name="Pts">The pts of each of its frames, and of the frame after its last.</param>
/// <param name="Damaged">Its frames at which the decoder met damage.</param>
public sealed record SegmentFrames(
    Segment Segment, ProbeFrames Probes, KeptFrame First, KeptFrame Last, IReadOnlyList<KeptFrame> Frames, long[] Pts, IReadOnlyList<int> Damaged);

/// <summary>
/// Cuts one video into segments and keeps, small, the frames of each that can still be wanted: its two probes, and some a second
/// from which models sample. All other frames are let go as the video streams by.
/// </summary>
public sealed class FrameKeeper : IDisposable
{
    private readonly ShotDetector _detector;
    private readonly SegmentCutter _cutter;
    private readonly FrameScaler _scaler;
    private readonly int _mostUndecided;
    private readonly KeptGrid _grid;
    private readonly long _frameTicks;
    private readonly Queue<DecodedFrame> _undecided = new();
    private readonly SortedDictionary<int, KeptFrame> _kept = [];
    private readonly List<long> _pts = [];
    private readonly List<int> _damaged = [];
    private readonly List<SegmentFrames> _ready = [];
    private readonly List<int> _letGo = [];
    private int _ptsStart;

    /// <param name="settings">The rules of splitting.</param>
    /// <param name="info">The video.</param>
    /// <param name="shortSide">Pixels of a kept frame's shorter side.</param>
    /// <param name="framesPerSecond">Kept frames a second; 0 keeps every frame.</param>
    /// <param name="undecided">
    /// The last probe of a segment lies near its end, which is known only when it is there: so many of the newest frames stay as
    /// they were decoded until it is clear whether they are wanted. 5 % of 7 s is 10 frames at 30 a second, fewer without those
    /// that are kept anyhow; a frame that must leave earlier is made small instead, so the number costs time at worst, never a frame.
    /// </param>
    public FrameKeeper(SplitSettings settings, VideoStreamInfo info, int shortSide, double framesPerSecond, int undecided = 8)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(info);
        var fps = info.FrameRate.ToDouble();
        _detector = new ShotDetector(settings.Threshold, settings.MinSceneLen, settings.Filter);
        _cutter = new SegmentCutter(settings, fps);
        _scaler = new FrameScaler(info, shortSide);
        _grid = new KeptGrid(fps, framesPerSecond);
        _mostUndecided = undecided;
        _frameTicks = Math.Max(1, (long)Math.Round(1 / (fps * info.TimeBase.ToDouble())));
    }

    /// <summary>Cuts found so far.</summary>
    public List<int> Cuts { get; } = [];

    /// <summary>Small frames that it holds now.</summary>
    internal int Held => _kept.Count;

    /// <summary>Takes over the lease of the next frame, with its score. Nothing is allocated for a frame that is not kept.</summary>
    /// <returns>The segments that are now certain, mostly none; valid until the next call.</returns>
    public IReadOnlyList<SegmentFrames> Push(DecodedFrame frame, double score)
    {
        _ready.Clear();
        _pts.Add(frame.Pts);
        if (frame.IsDamaged)
            _damaged.Add(frame.Index);
        if (_grid.Has(frame.Index))
        {
            // At once, while its pixels are still in the processor's cache.
            using (frame)
                Keep(frame);
            LetGoOfProbesNoMore();
        }
        else
        {
            _undecided.Enqueue(frame);
        }
        var cut = _detector.Push(score);
        if (cut is { } first)
            Cuts.Add(first);
        TakeAll(_cutter.Push(cut, _detector.CertainBefore));
        if (_undecided.Count > _mostUndecided)
            Decide(_undecided.Dequeue());
        return _ready;
    }

    /// <summary>The video has ended.</summary>
    /// <returns>The segments that remained; valid until the next call.</returns>
    public IReadOnlyList<SegmentFrames> Finish()
    {
        _ready.Clear();
        if (_pts.Count > 0)
        {
            var frames = _ptsStart + _pts.Count;
            _pts.Add(_pts[^1] + _frameTicks);
            TakeAll(_cutter.Finish(frames));
        }
        return _ready;
    }

    public void Dispose()
    {
        while (_undecided.TryDequeue(out var frame))
            frame.Dispose();
        _scaler.Dispose();
    }

    private void Decide(DecodedFrame frame)
    {
        using (frame)
        {
            // Below the start of the running segment all has been decided already.
            if (frame.Index >= _ptsStart && _cutter.MayBecomeProbe(frame.Index))
                Keep(frame);
        }
    }

    // In a long segment nearly every frame may for a while become its last probe: what no longer can must not pile up.
    private void LetGoOfProbesNoMore()
    {
        _letGo.Clear();
        foreach (var index in _kept.Keys)
        {
            if (!_grid.Has(index) && index >= _ptsStart && !_cutter.MayBecomeProbe(index))
                _letGo.Add(index);
        }
        _letGo.ForEach(index => _kept.Remove(index));
    }

    private void TakeAll(IReadOnlyList<Segment> segments)
    {
        for (var i = 0; i < segments.Count; i++)
            _ready.Add(Take(segments[i]));
    }

    private SegmentFrames Take(Segment segment)
    {
        var probes = _cutter.Probes(segment);
        var (first, last) = (Probe(probes.First), Probe(probes.Last));

        var own = _kept.Values.Where(kept => kept.Index >= segment.Start && kept.Index < segment.End).ToArray();
        // Not the very last one: rounding can make it the probe of a segment of one frame that follows.
        while (_kept.Keys.FirstOrDefault(int.MaxValue) is var oldest && oldest < segment.End - 1)
            _kept.Remove(oldest);
        // Probes that came to nothing were kept too; models sample from the even ones, or from the probes of a very short segment.
        var even = Array.FindAll(own, kept => _grid.Has(kept.Index));
        return new(segment, probes, first, last, even.Length > 0 ? even : [first], TakePts(segment), TakeDamaged(segment));
    }

    private KeptFrame Probe(int index)
    {
        if (_kept.TryGetValue(index, out var kept))
            return kept;
        foreach (var frame in _undecided)
        {
            if (frame.Index == index)
                return Keep(frame);
        }
        throw new InvalidOperationException($"Frame {index} was let go, but it is a probe frame.");
    }

    private KeptFrame Keep(DecodedFrame frame)
    {
        if (!_kept.TryGetValue(frame.Index, out var kept))
            _kept.Add(frame.Index, kept = _scaler.Keep(frame));
        return kept;
    }

    private long[] TakePts(Segment segment)
    {
        var pts = new long[segment.Length + 1];
        _pts.CopyTo(segment.Start - _ptsStart, pts, 0, pts.Length);
        _pts.RemoveRange(0, segment.Length);
        _ptsStart = segment.End;
        return pts;
    }

    private List<int> TakeDamaged(Segment segment)
    {
        var damaged = _damaged.FindAll(frame => frame < segment.End);
        _damaged.RemoveRange(0, damaged.Count);
        return damaged;
    }
}
