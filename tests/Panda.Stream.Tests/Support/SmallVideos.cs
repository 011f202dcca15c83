namespace Panda.Stream.Tests.Support;

/// <summary>A folder of small videos that a whole run gets through in about a second, and the options that make the CLI run them with the tiny models.</summary>
public static class SmallVideos
{
    private static readonly string[] Names = ["moving.mp4", "moving.mkv", "quarters.mp4", "wide.mp4", "turned90.mp4", "bt709.mp4"];

    /// <summary>Copies the videos, with text beside one and a file that is none.</summary>
    public static string Make(TemporaryFolder folder)
    {
        var input = folder.File("input");
        Directory.CreateDirectory(input);
        foreach (var name in Names)
            File.Copy(TestFiles.Video(name), Path.Combine(input, name));
        File.WriteAllText(Path.Combine(input, "wide.json"), """{"title": "A wide one", "subtitles": [{"start": 0, "end": 9, "text": "words"}]}""");
        File.WriteAllText(Path.Combine(input, "broken.mp4"), "no video");
        return input;
    }
}
