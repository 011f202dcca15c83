namespace Panda.Stream.Splitting;

/// <summary>Turns the cuts of one video into contiguous segments, adding artificial cuts to long shots, and hands each segment out as soon as it is certain.</summary>
/// <remarks>
/// The rule over a whole video: ends = [0]; for each shot's end E: while E - last > (length + slack) * fps, append last + (int)(length * fps); then append E.
/// A shot known to reach frame E or beyond is cut by it just as one that ends at E, so nothing has to wait for the shot's real end.
/// </remarks>
public sealed class SegmentCutter
{
    private readonly List<Segment> _ready = [];
    private readonly double _limit, _probe;
    private readonly int _step;
    private int _start, _index, _certainBefore;

    /// <param name="settings">Lengths and places of probes.</param>
    /// <param name="fps">The container's average frame rate.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not a positive number.</exception>
    public SegmentCutter(SplitSettings settings, double fps)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!(fps > 0 && double.IsFinite(fps)))
            throw new ArgumentOutOfRangeException(nameof(fps), fps, $"frame rate: found {fps}, expected a positive number");
        _limit = (settings.SegmentLength + settings.SegmentSlack) * fps;
        // Below one frame per segment the reference would never end.
        _step = Math.Max(1, (int)(settings.SegmentLength * fps));
        _probe = settings.Probe;
    }

    /// <summary>Takes what the next frame told: a cut or none, and the frame before which no further cut can come.</summary>
    /// <returns>The segments that are now certain, mostly none; valid until the next call.</returns>
    public IReadOnlyList<Segment> Push(int? cut, int certainBefore)
    {
        _ready.Clear();
        if (cut is { } end)
            EndShot(end);
        _certainBefore = certainBefore;
        CutUntil(certainBefore);
        return _ready;
    }

    /// <summary>Ends the last shot.</summary>
    /// <param name="frames">Frames of the whole video.</param>
    /// <returns>The segments that remained; valid until the next call.</returns>
    public IReadOnlyList<Segment> Finish(int frames)
    {
        _ready.Clear();
        _certainBefore = frames;
        if (frames > _start)
            EndShot(frames);
        return _ready;
    }

    /// <summary>The frames of a segment that are embedded.</summary>
    public ProbeFrames Probes(Segment segment) => ProbeFrames.Of(segment, _probe);

    /// <summary>Whether a frame can, for all that is known so far, still become a probe of a segment not yet handed out. Once it cannot, it never will.</summary>
    public bool MayBecomeProbe(int frame)
    {
        // In doubles the probe of a one-frame segment can fall one frame before it, as it does in the reference: hence the two ones.
        // Of segments of a frame or two the truncation of probes may choose any nearby.
        if (frame >= _certainBefore - 1 || _step <= 2)
            return true;
        var certain = _certainBefore;
        // The running segment ends at a cut that lies ahead, or by an artificial cut, after which the same question stands for the next one.
        for (var start = _start; start <= frame + 1; start += _step)
        {
            var longest = start + (int)Math.Min(_limit, int.MaxValue / 2);
            if (certain <= longest && InRange(frame, start, Math.Max(certain, start + 1), longest))
                return true;
            if (InRange(frame, start, start + _step, start + _step))
                return true;
            certain = Math.Max(certain, longest + 1);
        }
        return false;
    }

    private void EndShot(int end)
    {
        CutUntil(end);
        Add(end);
    }

    private void CutUntil(int reached)
    {
        // A segment is handed out only once the frame after it is known to exist; at rates below one frame a segment none would be left.
        while (reached - _start > _limit && _start + _step < reached)
            Add(_start + _step);
    }

    private void Add(int end)
    {
        _ready.Add(new Segment(_index++, _start, end));
        _start = end;
    }

    /// <summary>Whether the frame is a probe of [start, end) for some end within [from, to]: both probes only move on as the end does.</summary>
    private bool InRange(int frame, int start, int from, int to)
    {
        var (nearest, farthest) = (ProbeFrames.Of(start, from, _probe), ProbeFrames.Of(start, to, _probe));
        return (frame >= nearest.First && frame <= farthest.First) || (frame >= nearest.Last && frame <= farthest.Last);
    }
}
