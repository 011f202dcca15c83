namespace Panda.Stream.Videos;

/// <summary>How much text a video may bring along: it is copied into every clip's row and read by every model.</summary>
internal static class SidecarLimits
{
    /// <summary>Bytes of a file. yt-dlp's info.json with all its formats takes some megabytes.</summary>
    internal const int FileBytes = 32 << 20;

    /// <summary>Letters of a title: no site allows so many.</summary>
    internal const int Title = 1_000;

    /// <summary>Letters of a description: four times what YouTube allows.</summary>
    internal const int Description = 20_000;

    /// <summary>Letters of a subtitle line. Read aloud it would take minutes; the patterns that clean it take the square of its length.</summary>
    internal const int Line = 2_000;

    /// <summary>Lines of one subtitle: on a screen there are two or three.</summary>
    internal const int LinesOfCue = 50;

    /// <summary>Subtitles of a video: one a second for a day.</summary>
    internal const int Subtitles = 86_400;

    /// <summary>Letters of a clip's subtitles together: ten minutes of speech. A file may claim that all its lines last for ever.</summary>
    internal const int ClipText = 10_000;

    /// <summary>The beginning of a text, cut where it is longer than allowed, never within a character.</summary>
    internal static string Cut(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
}
