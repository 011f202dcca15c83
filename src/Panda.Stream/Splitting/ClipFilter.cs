namespace Panda.Stream.Splitting;

/// <summary>Decides which stitched clips of one video stay, in order of time: long enough, something happens, not seen before; shortens and trims them.</summary>
public sealed class ClipFilter(SplitSettings settings, DistanceThresholds thresholds, double fps)
{
    private readonly List<float[]> _kept = [];

    /// <summary>Takes the next clip; returns it as it stays, or why it does not.</summary>
    public (Clip? Clip, Drop? Drop) Push(StitchedClip stitched)
    {
        ArgumentNullException.ThrowIfNull(stitched);
        if (stitched.Length < settings.ShortestClip * fps)
            return (null, new(DropReason.TooShort, stitched.Length / fps,
                $"{stitched.Length / fps:0.000} s is below {settings.ShortestClip} s"));

        var motion = Distance.Between(stitched.Members[0].Segment.First, stitched.Members[^1].Segment.Last);
        if (IsBelow(motion, thresholds.Still))
            return (null, new(DropReason.Still, motion, $"motion {motion:0.000} is below {thresholds.Still}"));

        var feature = Mean([.. stitched.Features]);
        double? nearest = _kept.Count == 0 ? null : _kept.Min(kept => Distance.Between(kept, feature));
        if (thresholds.Repeat > 0 && nearest is { } distance && IsBelow(distance, thresholds.Repeat))
            return (null, new(DropReason.NearRepeat, distance, $"distance {distance:0.000} from an earlier clip is below {thresholds.Repeat}"));

        // At rates of a frame in many seconds the longest length may be below one frame; a clip has at least that.
        var length = Math.Clamp((int)Math.Min(settings.LongestClip * fps, int.MaxValue), 1, stitched.Length);
        var trim = (int)(settings.Trim * length);
        var clip = new Clip(
            _kept.Count, stitched.Start + trim, stitched.Start + length - trim, stitched.Start, stitched.End,
            [.. stitched.Members.Select(member => member.Segment)], feature, motion, nearest);
        _kept.Add(feature);
        return (clip, null);
    }

    private bool IsBelow(double distance, double threshold) =>
        distance < threshold || (settings.DropsAtThreshold && distance == threshold);

    internal static float[] Mean(float[][] features)
    {
        var mean = new float[features[0].Length];
        for (var i = 0; i < mean.Length; i++)
            mean[i] = (float)(features.Sum(feature => (double)feature[i]) / features.Length);
        return mean;
    }
}
