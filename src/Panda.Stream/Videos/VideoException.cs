namespace Panda.Stream.Videos;

/// <summary>A file could not be used as a video: what was found in it and what was expected.</summary>
public sealed class VideoException(string path, string reason, Exception? cause = null) : Exception($"{path}: {reason}", cause)
{
    public string Path { get; } = path;

    /// <summary>The message without the path: "found ..., expected ...".</summary>
    public string Reason { get; } = reason;
}
