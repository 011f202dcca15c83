using Panda.Stream.Captioning;
using Panda.Stream.Shards;
using Panda.Stream.Splitting;
using Panda.Stream.Videos;

namespace Panda.Stream.Graph;

/// <summary>The rows of the result, made of what the graph carries.</summary>
internal static class Rows
{
    public static ClipRow Of(VideoClip item, IReadOnlyList<Candidate> candidates, Candidate? best, ModelIdentities models)
    {
        var (video, clip) = (item.Video, item.Clip);
        return new ClipRow
        {
            ClipId = item.Id,
            VideoId = video.Input.VideoId,
            Source = video.Input.Path,
            StartFrame = clip.Start,
            EndFrame = clip.End,
            StartSeconds = item.StartSeconds,
            EndSeconds = item.EndSeconds,
            StartPts = item.StartPts,
            EndPts = item.EndPts,
            TimeBase = video.Info.TimeBase,
            Timestamp = item.Timestamp,
            Fps = video.Info.FrameRate.ToDouble(),
            Width = video.Info.DisplayWidth,
            Height = video.Info.DisplayHeight,
            Caption = best?.Caption,
            CaptionTeacher = best?.Teacher,
            MatchingScore = best?.Score,
            Candidates = candidates,
            Title = video.Text.Title,
            Description = video.Text.Description,
            Subtitles = item.Subtitles,
            InsideDistance = (float)clip.Inside,
            MotionDistance = (float)clip.Motion,
            Models = models,
        };
    }

    public static SegmentRow Of(LaneVideo video, SegmentOutcome outcome, double startSeconds, double endSeconds) => new()
    {
        VideoId = video.Input.VideoId,
        Source = video.Input.Path,
        Segment = outcome.Source.Segment,
        StartSeconds = startSeconds,
        EndSeconds = endSeconds,
        Probes = outcome.Source.Probes,
        FirstFeature = outcome.Source.First,
        LastFeature = outcome.Source.Last,
        ClipId = outcome.Clip is { } clip ? VideoClip.IdOf(video, clip) : null,
        Reason = outcome.Drop?.Reason.Name(),
        Value = outcome.Drop?.Value,
        Detail = outcome.Drop?.Text,
    };

    public static FailedRow OfFailed(FailedInput input) => new()
    {
        Kind = FailedKind.Video,
        Id = Path.GetFileNameWithoutExtension(input.Path),
        Source = input.Path,
        Stage = "input",
        Reason = input.Reason,
    };

    public static FailedRow OfFailed(LaneVideo video) => new()
    {
        Kind = FailedKind.Video,
        Id = video.Input.VideoId,
        Source = video.Input.Path,
        Stage = video.FailedStage,
        Reason = video.Failure!,
        FramesReached = video.WasOpened ? video.Frames : null,
    };

    public static FailedRow OfFailed(VideoClip item, IReadOnlyList<Candidate> candidates, string reason) => new()
    {
        Kind = FailedKind.Clip,
        Id = item.Id,
        Source = item.Video.Input.Path,
        Stage = "select",
        Reason = reason,
        FramesReached = item.Clip.End,
        Detail = item.Timestamp,
        Candidates = candidates,
    };
}
