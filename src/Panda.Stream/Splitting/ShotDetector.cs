namespace Panda.Stream.Splitting;

/// <summary>What becomes of a cut that follows another too soon; PySceneDetect changed its own rule in 0.6.4.</summary>
public enum CutFilter
{
    /// <summary>It is left out (PySceneDetect up to 0.6.3, the age of the dataset).</summary>
    Suppress,

    /// <summary>A run of such cuts becomes one, at the last of them (PySceneDetect from 0.6.4 on).</summary>
    Merge,
}

/// <summary>Finds cuts in the series of scores of one video.</summary>
/// <param name="threshold">A frame whose score is at least this may begin a shot.</param>
/// <param name="minSceneLength">Frames that must lie between two cuts.</param>
/// <param name="filter">What becomes of the others.</param>
public sealed class ShotDetector(double threshold, int minSceneLength, CutFilter filter)
{
    private int _next;
    private int _last;              // suppress: the last cut; merge: the last frame at or above the threshold
    private bool _merging;
    private bool _mergeEnabled;     // only after a first cut, as in the reference
    private int _mergeStart;

    /// <summary>Every cut before this frame is known. A merge that is under way may still become a cut in the past.</summary>
    public int CertainBefore => _merging && MergedEnough ? _last : _next;

    private bool MergedEnough => _last - _mergeStart >= minSceneLength;

    /// <summary>Takes the score of the next frame, 0.0 for the first.</summary>
    /// <returns>The first frame of a new shot, if one is now certain: this frame, or with <see cref="CutFilter.Merge"/> an earlier one.</returns>
    public int? Push(double score)
    {
        var frame = _next++;
        var above = frame > 0 && score >= threshold;
        return filter == CutFilter.Suppress ? Suppress(frame, above) : Merge(frame, above);
    }

    private int? Suppress(int frame, bool above)
    {
        if (!above || frame - _last < minSceneLength)
            return null;
        return _last = frame;
    }

    private int? Merge(int frame, bool above)
    {
        var farEnough = frame - _last >= minSceneLength;
        if (above)
            _last = frame;
        if (_merging)
        {
            if (!farEnough || above || !MergedEnough)
                return null;
            _merging = false;
            return _last;
        }
        if (!above)
            return null;
        if (farEnough)
        {
            _mergeEnabled = true;
            return frame;
        }
        if (_mergeEnabled)
        {
            _merging = true;
            _mergeStart = frame;
        }
        return null;
    }
}
