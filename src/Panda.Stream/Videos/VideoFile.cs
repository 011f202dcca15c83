using Panda.Stream.Native.Files;

namespace Panda.Stream.Videos;

/// <summary>What can be said of a file before libav looks into it.</summary>
internal static class VideoFile
{
    /// <summary>Why a path cannot be a video: what is there instead. Null when it can be opened and is not empty.</summary>
    internal static string? Unusable(string path, out long size)
    {
        size = 0;
        try
        {
            if (Directory.Exists(path))
                return "found a folder, expected a video file";
            var file = new FileInfo(path);
            if (file.LinkTarget is { } target && file.ResolveLinkTarget(returnFinalTarget: true) is not { Exists: true })
                return $"found a link to {target}, which is not there, expected a video";
            if (!file.Exists)
                return path.Contains('\uFFFD')
                    ? "found a name that is not UTF-8 (U+FFFD stands for what is none), expected one that is; rename the file"
                    : "found no such file, expected a video";
            using var readable = RegularFile.Open(path);
            size = readable.Length;
            return size == 0 ? "found an empty file (0 bytes), expected a video" : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"found a file that cannot be read ({failure.Message}), expected a video";
        }
    }
}
