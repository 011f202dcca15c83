using System.Text;

namespace Panda.Stream.Videos;

/// <summary>One subtitle line; times in seconds from the start of the video.</summary>
public readonly record struct SubtitleLine(double Start, double End, string Text);

/// <summary>What is known of a video beside its pictures: title, description, subtitles in order of time.</summary>
public sealed record VideoText(string Title, string Description, IReadOnlyList<SubtitleLine> Subtitles)
{
    public static VideoText None { get; } = new("", "", []);

    /// <summary>The lines that overlap [start, end) seconds, joined by a blank: a clip's subtitles, as far as their length is allowed.</summary>
    public string SubtitlesBetween(double start, double end)
    {
        var text = new StringBuilder();
        foreach (var line in Subtitles.Where(line => line.Start < end && line.End > start).TakeWhile(_ => text.Length < SidecarLimits.ClipText))
            text.Append(text.Length > 0 ? " " : "").Append(line.Text);
        return SidecarLimits.Cut(text.ToString(), SidecarLimits.ClipText);
    }
}
