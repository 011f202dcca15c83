using Panda.Stream.Captioning;
using Panda.Stream.Shards;
using Panda.Stream.Splitting;
using Panda.Stream.Videos;

namespace Panda.Stream.Graph;

/// <summary>The rows of the result, made of what the graph carries.</summary>
internal static class Rows
{
    public static ClipRow Of(VideoClip item, IReadOnlyList<Candidate> candidates, Candidate? best, ModelIdentities models) =>
        Of(item.Video.Input.VideoId, item.Video.Input.Path, item.Video.Facts, item.Video.Text, item.Clip, models) with
        {
            Caption = best?.Caption,
            CaptionTeacher = best?.Teacher,
            MatchingScore = best?.Score,
            NamesReplaced = best?.NamesReplaced ?? 0,
            Candidates = candidates,
        };

    /// <summary>The row of a clip without captions, whether its video was just decoded or its segments come from an earlier result.</summary>
    public static ClipRow Of(string videoId, string source, VideoFacts video, VideoText text, Clip clip, ModelIdentities models)
    {
        var (start, end) = (video.Seconds(clip.StartPts), video.Seconds(clip.EndPts));
        return new ClipRow
        {
            ClipId = ClipRow.IdOf(videoId, clip.Index),
            VideoId = videoId,
            Source = Path.GetFullPath(source),
            StartFrame = clip.Start,
            EndFrame = clip.End,
            StartSeconds = start,
            EndSeconds = end,
            StartPts = clip.StartPts,
            EndPts = clip.EndPts,
            TimeBase = video.TimeBase,
            Timestamp = TimeText.OfSpan(start, end),
            Fps = video.Fps,
            Width = video.Width,
            Height = video.Height,
            Candidates = [],
            Title = text.Title,
            Description = text.Description,
            Subtitles = text.SubtitlesBetween(start, end),
            InsideDistance = clip.Inside,
            MotionDistance = clip.Motion,
            MaxRunningLpips = clip.MaxRunningLpips,
            DamagedFrames = clip.DamagedFrames,
            Models = models,
        };
    }

    public static SegmentRow Of(LaneVideo video, SegmentOutcome outcome) =>
        Of(video.Input.VideoId, video.Input.Path, video.Facts, outcome);

    /// <summary>The row of a segment, whether its video was just decoded or its row comes from an earlier result.</summary>
    public static SegmentRow Of(string videoId, string source, VideoFacts video, SegmentOutcome outcome) => new()
    {
        VideoId = videoId,
        Source = Path.GetFullPath(source),
        Segment = outcome.Source.Segment,
        StartSeconds = video.Seconds(outcome.Source.Pts[0]),
        EndSeconds = video.Seconds(outcome.Source.Pts[^1]),
        Probes = outcome.Source.Probes,
        FirstFeature = outcome.Source.First,
        LastFeature = outcome.Source.Last,
        ClipId = outcome.Clip is { } clip ? ClipRow.IdOf(videoId, clip) : null,
        Reason = outcome.Drop?.Reason.Name(),
        Value = outcome.Drop?.Value,
        Detail = outcome.Drop?.Text,
        Video = video,
        Pts = outcome.Source.Pts,
        Samples = outcome.Source.Samples,
        Damaged = outcome.Source.Damaged,
    };

    public static FailedRow OfFailed(FailedInput input, Reproduction? reproduction) => new()
    {
        Kind = FailedKind.Video,
        Id = Path.GetFileNameWithoutExtension(input.Path),
        Source = input.Path,
        Stage = "input",
        Reason = input.Reason,
        Reproduce = reproduction?.Of(input.Path),
    };

    public static FailedRow OfFailed(LaneVideo video, Reproduction? reproduction) => new()
    {
        Kind = FailedKind.Video,
        Id = video.Input.VideoId,
        Source = Path.GetFullPath(video.Input.Path),
        Stage = video.FailedStage,
        Reason = video.Failure!,
        FramesReached = video.WasOpened ? video.Frames : null,
        SecondsReached = video.Frames > 0 ? video.SecondsDecoded : null,
        Stack = video.FailedStack,
        Reproduce = reproduction?.Of(video.Input.Path),
    };

    public static FailedRow OfFailed(VideoClip item, IReadOnlyList<Candidate> candidates, string reason, string? stack, Reproduction? reproduction) => new()
    {
        Kind = FailedKind.Clip,
        Id = item.Id,
        Source = item.Video.Input.Path,
        Stage = "select",
        Reason = reason,
        FramesReached = item.Clip.End,
        SecondsReached = item.EndSeconds,
        Detail = item.Timestamp,
        Stack = stack,
        Reproduce = reproduction?.Of(item.Video.Input.Path),
        Candidates = candidates.Count > 0 ? candidates : null,
    };
}
