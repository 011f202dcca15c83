using Panda.Stream.Native.Files;

namespace Panda.Stream.Videos;

/// <summary>What the files beside a video say of it.</summary>
/// <param name="Warnings">What was wrong in them, each as <c>file(line): found X, expected Y</c>; the rest of a broken file is used.</param>
public sealed record SidecarText(VideoText Text, IReadOnlyList<string> Warnings);

/// <summary>
/// Reads the files beside a video NAME.mp4. Title and description: NAME.json, then yt-dlp's NAME.info.json. Subtitles: those in
/// NAME.json, then NAME.srt, NAME.vtt, NAME.en.vtt. Each is taken from the first of these that has it.
/// </summary>
public static class Sidecars
{
    private const int WarningsPerFile = 5;

    private static readonly string[] TextEndings = [".json", ".info.json"], SubtitleEndings = [".srt", ".vtt", ".en.vtt"];

    /// <summary>The files beside a video that would be read for its text, those that are there.</summary>
    public static IEnumerable<string> FilesBeside(string videoPath) =>
        TextEndings.Concat(SubtitleEndings).Select(ending => Stem(videoPath) + ending).Where(File.Exists);

    public static SidecarText Read(string videoPath)
    {
        var stem = Stem(videoPath);
        var warnings = new List<string>();
        var own = ReadFile(stem + ".json", warnings, JsonSidecar.Read) ?? VideoText.None;
        var downloaded = ReadFile(stem + ".info.json", warnings, JsonSidecar.ReadInfo) ?? VideoText.None;

        var subtitles = own.Subtitles;
        foreach (var ending in SubtitleEndings)
        {
            if (subtitles.Count > 0)
                break;
            subtitles = ReadFile<IReadOnlyList<SubtitleLine>>(stem + ending, warnings, ending == ".srt" ? SubtitleFile.ReadSrt : SubtitleFile.ReadVtt) ?? [];
        }
        return new SidecarText(
            new VideoText(FirstSaid(own.Title, downloaded.Title), FirstSaid(own.Description, downloaded.Description), subtitles), warnings);
    }

    private static string Stem(string videoPath) => Path.Combine(Path.GetDirectoryName(videoPath) ?? "", Path.GetFileNameWithoutExtension(videoPath));

    private static string FirstSaid(string first, string second) => first.Length > 0 ? first : second;

    private static T? ReadFile<T>(string path, List<string> warnings, Func<byte[], Action<int, string>, T> read) where T : class
    {
        if (!File.Exists(path))
            return null;
        var count = 0;
        try
        {
            return read(RegularFile.ReadAll(path, SidecarLimits.FileBytes), (line, message) =>
            {
                if (++count <= WarningsPerFile)
                    warnings.Add($"{path}({line}): {message}");
            });
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            warnings.Add($"{path}: found a file that cannot be read ({failure.Message}), expected text about the video");
            return null;
        }
        finally
        {
            if (count > WarningsPerFile)
                warnings.Add($"{path}: found {count - WarningsPerFile} more such errors");
        }
    }
}
