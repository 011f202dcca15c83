using Panda.Stream.Config.Binding;
using Panda.Stream.Splitting;
using Panda.Stream.Videos;

namespace Panda.Stream.Graph;

/// <summary>How a video is streamed through its lane. All but the last leave the rows as they are.</summary>
/// <param name="DecoderThreads">Codec threads; each holds a picture of its own.</param>
/// <param name="FramesPerBatch">Frames that go from stage to stage together.</param>
/// <param name="Undecided">Decoded frames that wait until it is clear whether they are probes.</param>
/// <param name="KeptPerSecond">Kept frames a second, from which models sample.</param>
public readonly record struct VideoManner(int DecoderThreads, int FramesPerBatch, int Undecided, double KeptPerSecond);

/// <summary>What one video can hold of the memory at most, in bytes, by its size, pixel format and rate.</summary>
/// <param name="Decoded">Until its last frame has been cut: decoded frames in the codec and in the lane, conversions of them.</param>
/// <param name="Kept">Until its last segment has been stitched: kept frames of the segment that runs, of those that wait, and of its longest clip.</param>
/// <param name="Clips">Kept frames of its clips that are being captioned.</param>
public readonly record struct VideoNeeds(long Decoded, long Kept, long Clips)
{
    // The demuxer with its index, the codec's tables, text, times: measured at 3 to 6 MiB for an hour of 640x360.
    private const long Overhead = 8 << 20;

    // A clip that is being captioned and one that gathers meanwhile; most are far shorter than the longest.
    private const int LongestClips = 2;

    public long Total => Decoded + Kept + Clips;

    /// <summary>What a video needs when it is streamed in a certain manner.</summary>
    /// <param name="info">The video, as far as it is known.</param>
    /// <param name="pictureBytes">Bytes of one decoded picture; null when no picture can be so large.</param>
    public static VideoNeeds Of(VideoStreamInfo info, long? pictureBytes, LaneOptions options, VideoManner manner)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(options);
        var capacities = options.Capacities with { FramesPerBatch = manner.FramesPerBatch, Undecided = manner.Undecided };
        // Beside the codec's: one picture that a thread is at, one read ahead, one's worth of packets.
        var pictures = CodecPictures.Most(info.Codec, info.Width, info.Height) + manner.DecoderThreads + 2 + capacities.MostFrames;
        var decoded = Overhead + (double)pictures * (pictureBytes ?? long.MaxValue) + Converted(info);

        var (width, height) = FrameScaler.UnturnedSize(info.Width, info.Height, info.SampleAspect, options.KeptShortSide);
        var frame = KeptFrame.Overhead + 3.0 * width * height;
        var counts = KeptCounts.Of(options.Split, info, manner);
        var kept = frame * (counts.Running + capacities.MostSegments * counts.InSegment + counts.Pending)
            + (double)options.FeatureBytes * capacities.MostSegments * counts.OnGrid(options);
        return new(ToLong(decoded), ToLong(kept), ToLong(frame * counts.InClip * LongestClips));
    }

    /// <summary>Frames of a video of which the header counts or estimates so many: the estimate may be a little off. Null when it says nothing.</summary>
    internal static long? MostFrames(VideoStreamInfo info) => info.FrameCountEstimate is { } frames ? frames + frames / 8 + 64 : null;

    /// <summary>The figures for a message.</summary>
    public override string ToString() =>
        $"{new ByteCount(Total)} (decoded frames {new ByteCount(Decoded)}, kept frames {new ByteCount(Kept)}, clips in flight {new ByteCount(Clips)})";

    // Formats without a faster path are scored by way of two pictures of three bytes a pixel.
    private static double Converted(VideoStreamInfo info) =>
        info.PixelFormat is "yuv420p" or "yuvj420p" && info.Height % 2 == 0 ? 0 : 2 * 3.0 * (info.Width + 64) * info.Height;

    // A header may say anything; what is beyond all budgets need not be told apart.
    private static long ToLong(double bytes) => bytes < 1L << 60 ? (long)bytes : 1L << 60;

    /// <summary>Kept frames at most: of the running segment, of one that has left, of the longest clip while it grows, of a finished one.</summary>
    internal readonly record struct KeptCounts(double Running, double InSegment, double Pending, double InClip)
    {
        public static KeptCounts Of(SplitSettings split, VideoStreamInfo info, VideoManner manner)
        {
            var fps = info.FrameRate.ToDouble();
            var every = manner.KeptPerSecond > 0 ? Math.Max(1, fps / manner.KeptPerSecond) : 1; // of so many frames one is kept
            var all = MostFrames(info) ?? double.PositiveInfinity;
            // A merge of cuts that is under way may still cut in the past.
            var behind = split.Filter == CutFilter.Merge ? split.MinSceneLen : 0;
            var segment = Math.Min(all, (split.SegmentLength + split.SegmentSlack) * fps + behind + 2);
            var even = segment / every + 1;
            // Between two sampled frames those that are probes no more are let go.
            var maybeProbes = 2 * (split.Probe * segment + 1) + behind + manner.Undecided + Math.Min(segment, every);
            var longest = Math.Min(all, split.LongestClip * fps);
            // While a clip grows each of its segments keeps its first probe too, and the last segment may reach beyond it.
            return new(even + maybeProbes, even + 2, (longest + segment) / every + 1 + (longest + segment) / split.MinSceneLen + 1 + even, longest / every + 2);
        }

        // Of these the model that measures coherence sees one in each interval of its grid.
        public double OnGrid(LaneOptions options) => options.Coherence is { } coherence
            ? Math.Min(InSegment, (options.Split.SegmentLength + options.Split.SegmentSlack) * coherence.PerSecond + 1)
            : 0;
    }
}
