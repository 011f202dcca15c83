using System.Diagnostics.CodeAnalysis;
using Panda.Stream.Splitting;
using Panda.Stream.Telemetry;
using Panda.Stream.Tuning;
using Panda.Stream.Videos;

namespace Panda.Stream.Graph;

/// <summary>A lane for videos whose segments an earlier result recorded: stage 2 from these, and of the video only the frames that a model must see.</summary>
[SuppressMessage("Design", "CA1031", Justification = "A clip whose frames cannot be fetched is lost with its reason, and nothing else.")]
internal sealed class RecordedLane(LaneOptions options, CaptionGraph captions, RunCounters counters, CancellationToken stop)
{
    private readonly ILaneOutput _output = captions;

    public async Task RunAsync(LaneVideo video)
    {
        var known = video.Known ?? throw new ArgumentException($"{video.Input.Path}: found nothing known of it, expected its segments", nameof(video));
        var recorded = RecordedVideo.Of(known.Segments!);
        (video.Facts, video.Frames, video.Seconds, video.IsSeekable) = (recorded.Facts, known.Account!.Frames, known.Account.Seconds, known.Account.IsSeekable);
        video.SegmentsCut = recorded.Segments.Count;
        var result = recorded.Split(options.Split, options.Thresholds);

        RecordedFrames? frames = null;
        try
        {
            foreach (var made in result.Clips)
            {
                stop.ThrowIfCancellationRequested();
                var clip = new VideoClip(video, made, []);
                if (!captions.KnownOf(clip).IsScored)
                {
                    clip = await FetchAsync(clip, async () => frames ??= await OpenAsync(video, recorded).ConfigureAwait(false)).ConfigureAwait(false);
                    if (video.Memory is { } memory)
                        await memory.ClipLeavesLaneAsync(clip.Bytes).ConfigureAwait(false);
                }
                await _output.ClipAsync(clip).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            video.Stop("stopped by the user");
        }
        frames?.Dispose();
        video.Memory?.VideoEnded();
        foreach (var outcome in result.Outcomes)
        {
            counters.AddSegment();
            await _output.SegmentAsync(video, outcome).ConfigureAwait(false);
        }
        await _output.VideoEndedAsync(video).ConfigureAwait(false);
    }

    // A video of which no frame is wanted is not opened, and takes no memory.
    private async Task<RecordedFrames> OpenAsync(LaneVideo video, RecordedVideo recorded)
    {
        if (video.Memory is null)
        {
            using var header = VideoHeader.Read(video.Input.Path);
            video.Memory = await VideoMemory.ReserveAsync(header, options, stop).ConfigureAwait(false);
        }
        return new RecordedFrames(
            video.Input.Path, recorded.Segments, recorded.Facts.Fps, recorded.Facts.TimeBase.ToDouble(), video.IsSeekable,
            video.Memory.Manner.DecoderThreads, options.KeptShortSide, video.Memory.Manner.KeptPerSecond, counters.AddFrames);
    }

    private static async Task<VideoClip> FetchAsync(VideoClip clip, Func<Task<RecordedFrames>> frames)
    {
        try
        {
            return clip with { Frames = (await frames().ConfigureAwait(false)).Of(clip.Clip) };
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return clip with { Unfetched = error is VideoException refused ? refused.Reason : error.Message };
        }
    }
}
