using Panda.Stream.Captioning.Stages;
using Panda.Stream.Models.Calls;
using Panda.Stream.Videos;

namespace Panda.Stream.Captioning;

/// <summary>One clip for which a caption or scores are wanted.</summary>
/// <param name="ClipId">The clip's name; random choices are drawn from it.</param>
/// <param name="Kept">The clip's kept frames in order of their index, at least one.</param>
/// <param name="Start">Number of the clip's first frame in its video.</param>
/// <param name="FrameCount">Frames in the clip.</param>
/// <param name="Title">The video's; empty when it has none; likewise the next.</param>
/// <param name="Description">The video's.</param>
/// <param name="Subtitles">The lines spoken during the clip.</param>
/// <param name="FrameRate">Frames of a second of the video; 0 when it is not known.</param>
public sealed record CaptionRequest(
    string ClipId, IReadOnlyList<KeptFrame> Kept, int Start, int FrameCount, string Title = "", string Description = "", string Subtitles = "", double FrameRate = 0)
{
    /// <summary>The clip's kept frames in order of their index, at least one.</summary>
    public IReadOnlyList<KeptFrame> Kept
    {
        get;
        init
        {
            field = value;
            Memo = new(); // a copy with other frames is another clip
        }
    } = Kept;

    /// <summary>What shared sessions made of the clip: it lives as long as the clip.</summary>
    internal ClipMemo Memo { get; private init; } = new();

    /// <summary>The time that models may work on it; null for any.</summary>
    public WorkTime? Time { get; init; }
}
