namespace Panda.Stream.Videos;

/// <summary>One subtitle line; times in seconds from the start of the video.</summary>
public readonly record struct SubtitleLine(double Start, double End, string Text);

/// <summary>What is known of a video beside its pictures: title, description, subtitles in order of time.</summary>
public sealed record VideoText(string Title, string Description, IReadOnlyList<SubtitleLine> Subtitles)
{
    public static VideoText None { get; } = new("", "", []);

    /// <summary>The lines that overlap [start, end) seconds, joined by a blank: a clip's subtitles.</summary>
    public string SubtitlesBetween(double start, double end) =>
        string.Join(' ', Subtitles.Where(line => line.Start < end && line.End > start).Select(line => line.Text));
}
