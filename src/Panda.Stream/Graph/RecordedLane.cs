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

        using var frames = new RecordedFrames(
            video.Input.Path, recorded.Segments, recorded.Facts.Fps, recorded.Facts.TimeBase.ToDouble(), video.IsSeekable,
            options.DecoderThreads, options.KeptShortSide, options.KeptPerSecond, counters.AddFrames);
        foreach (var clip in result.Clips)
        {
            if (stop.IsCancellationRequested)
            {
                video.Stop("stopped by the user");
                break;
            }
            await _output.ClipAsync(Fetch(frames, new VideoClip(video, clip, []))).ConfigureAwait(false);
        }
        foreach (var outcome in result.Outcomes)
        {
            counters.AddSegment();
            await _output.SegmentAsync(video, outcome).ConfigureAwait(false);
        }
        await _output.VideoEndedAsync(video).ConfigureAwait(false);
    }

    private VideoClip Fetch(RecordedFrames frames, VideoClip clip)
    {
        try
        {
            return captions.KnownOf(clip).IsScored ? clip : clip with { Frames = frames.Of(clip.Clip) };
        }
        catch (Exception error)
        {
            return clip with { Unfetched = error is VideoException refused ? refused.Reason : error.Message };
        }
    }
}
