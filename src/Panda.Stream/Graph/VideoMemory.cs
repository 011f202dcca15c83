using Panda.Stream.Config.Binding;
using Panda.Stream.Videos;

namespace Panda.Stream.Graph;

/// <summary>
/// One video's part of the budget, reserved whole before the first frame is decoded: given back when its frames are decoded, when
/// its last segment is stitched, and as its clips leave.
/// </summary>
public sealed class VideoMemory
{
    private readonly MemoryBudget _budget;
    private readonly LaneOptions _options;
    private readonly Lock _lock = new();
    private VideoNeeds _reserved;
    private long _clipsOut;
    private bool _decoded, _ended;
    private (long Bytes, TaskCompletionSource Room)? _waiting;

    private VideoMemory(LaneOptions options, VideoManner manner, VideoNeeds needs) =>
        (_budget, _options, Manner, _reserved) = (options.Memory, options, manner, needs);

    /// <summary>How the video is streamed so that it fits.</summary>
    public VideoManner Manner { get; }

    /// <summary>Whether fewer frames a second are kept of it than the configuration says.</summary>
    public bool IsThinned => Manner.KeptPerSecond < _options.KeptPerSecond;

    /// <summary>
    /// Waits until the budget has room for a video. One that does not fit as configured takes the first cheaper way that does: frames
    /// go one by one instead of in batches, fewer threads decode it, fewer frames a second are kept.
    /// </summary>
    /// <exception cref="VideoException">It does not fit even alone and at its leanest; the message has the figures.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped meanwhile.</exception>
    public static async Task<VideoMemory> ReserveAsync(IVideoHeader header, LaneOptions options, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(options);
        var leanest = default(VideoNeeds);
        foreach (var manner in Manners(options))
        {
            leanest = VideoNeeds.Of(header.Info, header.PictureBytes, options, manner);
            if (leanest.Total > options.Memory.Bytes)
                continue;
            await options.Memory.ReserveAsync(leanest.Total, stop).ConfigureAwait(false);
            return new(options, manner, leanest);
        }
        throw TooLarge(header.Path, header.Info, leanest, options.Memory);
    }

    /// <summary>Holds what was reserved against frames as they turned out: more is taken if it is free at once.</summary>
    /// <returns>Null, or why not: it is not free, so the video would outgrow the budget; with the figures.</returns>
    public string? Fit(VideoStreamInfo info, long? pictureBytes)
    {
        var needs = VideoNeeds.Of(info, pictureBytes, _options, Manner);
        lock (_lock)
        {
            var more = new VideoNeeds(Math.Max(needs.Decoded, _reserved.Decoded), Math.Max(needs.Kept, _reserved.Kept), Math.Max(needs.Clips, _reserved.Clips));
            if (more.Total > _reserved.Total && !_budget.TryReserve(more.Total - _reserved.Total))
                return $"found frames of {Describe(info)}, which need {needs}, expected no more than {new ByteCount(_reserved.Total)}, for which room was made by the header; of the {new ByteCount(_budget.Bytes)} of resources.memory {new ByteCount(_budget.Bytes - _budget.Taken)} are free";
            _reserved = more;
            return null;
        }
    }

    /// <summary>None of its decoded frames is left.</summary>
    public void DecodingEnded()
    {
        lock (_lock)
        {
            if (_decoded)
                return;
            _decoded = true;
            _budget.Return(_reserved.Decoded);
        }
    }

    /// <summary>A clip is about to be handed on: waits until enough of the video's earlier ones have left.</summary>
    public Task ClipLeavesLaneAsync(long bytes)
    {
        lock (_lock)
        {
            if (_clipsOut == 0 || _clipsOut + bytes <= _reserved.Clips)
            {
                _clipsOut += bytes;
                return Task.CompletedTask;
            }
            // One waits at a time: the stitch stage hands on one clip after the other.
            var room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting = (bytes, room);
            return room.Task;
        }
    }

    /// <summary>A clip has been captioned, or has failed: its frames are let go.</summary>
    public void ClipLeft(long bytes)
    {
        lock (_lock)
        {
            var before = Held;
            _clipsOut -= bytes;
            if (_waiting is { } waiting && (_clipsOut == 0 || _clipsOut + waiting.Bytes <= _reserved.Clips))
            {
                _clipsOut += waiting.Bytes;
                _waiting = null;
                waiting.Room.SetResult();
            }
            _budget.Return(before - Held);
        }
    }

    /// <summary>Its last segment has been stitched; what its clips still hold comes back as they leave.</summary>
    public void VideoEnded()
    {
        DecodingEnded();
        lock (_lock)
        {
            _ended = true;
            _budget.Return(_reserved.Kept + _reserved.Clips - Held);
        }
    }

    // What of the clips' part is still held.
    private long Held => _ended ? Math.Min(_clipsOut, _reserved.Clips) : _reserved.Clips;

    private static IEnumerable<VideoManner> Manners(LaneOptions options)
    {
        var manner = new VideoManner(options.DecoderThreads, options.Capacities.FramesPerBatch, options.Capacities.Undecided, options.KeptPerSecond);
        yield return manner;
        // A frame that leaves before it is decided is made small instead, which costs time and changes nothing.
        yield return manner = manner with { FramesPerBatch = 1, Undecided = Math.Min(2, manner.Undecided) };
        while (manner.DecoderThreads > 1)
            yield return manner = manner with { DecoderThreads = manner.DecoderThreads / 2 };
        while (manner.KeptPerSecond - 1 >= options.LeastKeptPerSecond)
            yield return manner = manner with { KeptPerSecond = manner.KeptPerSecond - 1 };
    }

    private static VideoException TooLarge(string path, VideoStreamInfo info, VideoNeeds leanest, MemoryBudget budget) => new(path,
        $"found {Describe(info)}, which needs {leanest} even alone and at its leanest, expected one that fits into the {new ByteCount(budget.Bytes)} of resources.memory");

    private static string Describe(VideoStreamInfo info) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{info.Width}x{info.Height} {info.PixelFormat} at {info.FrameRate.ToDouble():0.##} frames/s");
}
