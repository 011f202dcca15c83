using Panda.Stream.Shards;
using Panda.Stream.Splitting;
using Panda.Stream.Videos;

namespace Panda.Stream.Graph;

/// <summary>A clip to be captioned: where it lies in its video, its kept frames, its text.</summary>
/// <param name="Video">The video.</param>
/// <param name="Clip">The clip as stage 2 made it.</param>
/// <param name="Frames">Kept frames within [Clip.Start, Clip.End), in order; empty only where no model has to see any.</param>
public sealed record VideoClip(LaneVideo Video, Clip Clip, IReadOnlyList<KeptFrame> Frames)
{
    /// <summary>Names the clip in the whole result.</summary>
    public string Id { get; } = ClipRow.IdOf(Video.Input.VideoId, Clip.Index);

    /// <summary>Must be called once by whoever was given the clip, when its frames are let go: the video's next clips may wait for their memory.</summary>
    public void Leave() => Video.Memory?.ClipLeft(Bytes);

    /// <summary>What its frames take.</summary>
    internal long Bytes => Frames.Sum(frame => frame.Bytes);

    /// <summary>What random choices of its frames are drawn from: the span and not the number, which other clips of the video can change.</summary>
    public string Identity { get; } = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Video.Input.VideoId}@{Clip.Start}-{Clip.End}");

    public double StartSeconds => Video.Facts.Seconds(Clip.StartPts);
    public double EndSeconds => Video.Facts.Seconds(Clip.EndPts);

    /// <summary>From and to, as the dataset writes them.</summary>
    public string Timestamp => TimeText.OfSpan(StartSeconds, EndSeconds);

    /// <summary>Why its frames, which models must see, could not be had; null where they could.</summary>
    public string? Unfetched { get; init; }

    /// <summary>Why it cannot become a row, whatever models would say of it; null where it can.</summary>
    public string? Unusable => Unfetched ?? (Clip.EndPts > Clip.StartPts ? null
        : FormattableString.Invariant($"found frames {Clip.Start} to {Clip.End - 1} all shown at {StartSeconds:0.###} s, expected times that go on: a clip without length cannot be a row"));

    /// <summary>The subtitle lines that overlap it.</summary>
    public string Subtitles => Video.Text.SubtitlesBetween(StartSeconds, EndSeconds);
}
