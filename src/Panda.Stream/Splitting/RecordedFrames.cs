using Panda.Stream.Videos;

namespace Panda.Stream.Splitting;

/// <summary>
/// Fetches the kept frames of single clips of a video whose segments are known, decoding no more than it must: it jumps to a key
/// frame before a clip that lies far ahead and finds frames by their recorded pts. The frames are those that <see cref="FrameKeeper"/> kept. For one thread at a time.
/// </summary>
public sealed class RecordedFrames : IDisposable
{
    // A key frame lies a few seconds back in most files; below that, decoding on is cheaper than a jump.
    private const double SecondsWorthAJump = 5;

    // Containers search by decoding time, which runs behind that of presentation: a margin, and a wider one for files with odd clocks.
    private static readonly double[] MarginsS = [1, 10];

    private readonly string _path;
    private readonly long[] _pts;
    private readonly int _threads, _shortSide;
    private readonly KeptGrid _grid;
    private readonly long _ticksPerSecond;
    private readonly Action<int> _decoded;
    private VideoDecoder? _decoder;
    private FrameScaler? _scaler;
    private int _next; // number of the frame that the decoder gives next
    private bool _canJump, _jumped;

    /// <param name="path">The video.</param>
    /// <param name="segments">All its segments, with the pts of every frame.</param>
    /// <param name="fps">Its average frame rate.</param>
    /// <param name="timeBase">Seconds of a pts tick.</param>
    /// <param name="isSeekable">Frames are found again by their pts.</param>
    /// <param name="threads">Threads of the codec.</param>
    /// <param name="shortSide">Pixels of a kept frame's shorter side.</param>
    /// <param name="framesPerSecond">Kept frames a second.</param>
    /// <param name="decoded">Told of frames that were decoded.</param>
    public RecordedFrames(
        string path, IReadOnlyList<EmbeddedSegment> segments, double fps, double timeBase, bool isSeekable, int threads, int shortSide, double framesPerSecond, Action<int> decoded)
    {
        (_path, _threads, _shortSide, _decoded) = (path, threads, shortSide, decoded);
        _grid = new KeptGrid(fps, framesPerSecond);
        _ticksPerSecond = (long)Math.Round(1 / timeBase);
        _pts = [.. segments.SelectMany(segment => segment.Pts.Take(segment.Segment.Length))];
        _canJump = isSeekable && Enumerable.Range(1, Math.Max(0, _pts.Length - 1)).All(i => _pts[i] > _pts[i - 1]);
    }

    /// <summary>The kept frames of a clip, in order.</summary>
    /// <exception cref="VideoException">The file is gone or ends before the clip.</exception>
    public IReadOnlyList<KeptFrame> Of(Clip clip)
    {
        ArgumentNullException.ThrowIfNull(clip);
        return [.. Wanted(clip).Select(Fetch)];
    }

    public void Dispose() => Close();

    /// <summary>As the frames are kept and gathered when a video streams through: even ones, or the first probe of a segment that has none.</summary>
    private int[] Wanted(Clip clip)
    {
        var own = clip.Segments.Where(segment => segment.Segment.Start < clip.End && segment.Segment.End > clip.Start).ToArray();
        var frames = own.SelectMany(Kept).Where(frame => frame >= clip.Start && frame < clip.End).ToArray();
        return frames.Length > 0 ? frames : [own[0].Probes.First];
    }

    private int[] Kept(EmbeddedSegment segment)
    {
        int[] even = [.. Enumerable.Range(segment.Segment.Start, segment.Segment.Length).Where(_grid.Has)];
        return even.Length > 0 ? even : [segment.Probes.First];
    }

    private KeptFrame Fetch(int wanted)
    {
        if (_decoder is null || wanted < _next || _pts[wanted] - _pts[_next] > SecondsWorthAJump * _ticksPerSecond)
            GoTo(wanted);
        while (_decoder!.TryRead(out var frame))
        {
            using (frame)
            {
                _decoded(1);
                if (_jumped && frame.Pts != _pts[_next])
                    return Again(wanted);
                if (_next++ == wanted)
                    return _scaler!.Keep(frame) with { Index = wanted, Pts = _pts[wanted] };
            }
        }
        return _jumped ? Again(wanted) : throw new VideoException(_path, $"found {Plural.Of(_next, "frame")}, expected {_pts.Length} as in the earlier result");
    }

    // What a jump led to is not what was recorded: the file is read from its start, by count.
    private KeptFrame Again(int wanted)
    {
        _canJump = false;
        Restart();
        return Fetch(wanted);
    }

    private void GoTo(int wanted)
    {
        if (_decoder is null || wanted < _next)
            Restart();
        if (!_canJump || _pts[wanted] - _pts[_next] <= SecondsWorthAJump * _ticksPerSecond)
            return;
        foreach (var margin in MarginsS)
        {
            if (!_decoder!.TrySeek(_pts[wanted] - (long)(margin * _ticksPerSecond)) || _decoder.NextPts is not { } pts)
                break;
            if (Array.BinarySearch(_pts, pts) is >= 0 and var found && found <= wanted)
            {
                (_next, _jumped) = (found, true);
                return;
            }
        }
        _canJump = false;
        Restart();
    }

    private void Restart()
    {
        Close();
        _decoder = VideoDecoder.Open(_path, _threads);
        _scaler = new FrameScaler(_decoder.Info, _shortSide);
        (_next, _jumped) = (0, false);
    }

    private void Close()
    {
        _decoder?.Dispose();
        _scaler?.Dispose();
        (_decoder, _scaler) = (null, null);
    }
}
