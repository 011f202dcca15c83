namespace Panda.Stream.Captioning;

/// <summary>What a teacher that answers questions is told to do: figure 8 of the paper. Lines stand there only where there is text for them.</summary>
internal static class Instruction
{
    /// <param name="isVideo">Whether the teacher sees several frames.</param>
    /// <param name="title">Empty, like the others, when it is not to be told.</param>
    /// <param name="description">The video's description.</param>
    /// <param name="subtitles">What is spoken in the clip.</param>
    internal static string Of(bool isVideo, string title, string description, string subtitles)
    {
        var told = new[] { title, description }.Where(text => !string.IsNullOrWhiteSpace(text)).Select(text => $"\"{text}\"").ToArray();
        var spoken = !string.IsNullOrWhiteSpace(subtitles);
        if (told.Length == 0 && !spoken)
            return $"Please faithfully summarize the {(isVideo ? "video" : "image")} in one sentence.";
        var seen = isVideo ? "video" : "video frame";
        string[] lines =
        [
            $"You are given some information about a video and will be asked to summarize the {(isVideo ? "video" : "given video frame")}.",
            .. spoken ? [$"The subtitles of the video: \"{subtitles}\""] : Array.Empty<string>(),
            .. told.Length > 0 ? [$"Some descriptions of the video: [{string.Join(", ", told)}]"] : Array.Empty<string>(),
            $"Please faithfully summarize the {seen} in one sentence.",
        ];
        return string.Join('\n', lines);
    }
}
