using Panda.Stream.Splitting;
using Panda.Stream.Videos;

namespace Panda.Stream.Graph;

/// <summary>A clip to be captioned: where it lies in its video, its kept frames, its text.</summary>
/// <param name="Video">The video.</param>
/// <param name="Clip">The clip as stage 2 made it.</param>
/// <param name="Frames">Kept frames within [Clip.Start, Clip.End), in order; never empty.</param>
/// <param name="StartPts">Pts of its first frame.</param>
/// <param name="EndPts">Pts of the frame after its last.</param>
public sealed record VideoClip(LaneVideo Video, Clip Clip, IReadOnlyList<KeptFrame> Frames, long StartPts, long EndPts)
{
    /// <summary>Names the clip in the whole result.</summary>
    public string Id { get; } = IdOf(Video, Clip.Index);

    public double StartSeconds => Video.Info.Seconds(StartPts);
    public double EndSeconds => Video.Info.Seconds(EndPts);

    /// <summary>From and to, as the dataset writes them.</summary>
    public string Timestamp => $"['{TimeText.OfSeconds(StartSeconds)}', '{TimeText.OfSeconds(EndSeconds)}']";

    /// <summary>The subtitle lines that overlap it.</summary>
    public string Subtitles => Video.Text.SubtitlesBetween(StartSeconds, EndSeconds);

    internal static string IdOf(LaneVideo video, int clip) => $"{video.Input.VideoId}-{clip:00000}";
}
