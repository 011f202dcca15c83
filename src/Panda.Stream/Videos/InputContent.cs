using System.Globalization;
using System.Security.Cryptography;

namespace Panda.Stream.Videos;

/// <summary>By what a run knows a video again.</summary>
public enum InputIdentity
{
    /// <summary>Size and time of change of the file: costs nothing, and is fooled by a tool that keeps both.</summary>
    Stat,

    /// <summary>SHA-256 of the file: reads every video once more.</summary>
    Content,
}

/// <summary>What tells the content of a video, and that of the files beside it, from another.</summary>
public static class InputContent
{
    public static (string Video, string Text) Of(string videoPath, InputIdentity identity) =>
        (Of(new FileInfo(videoPath), identity), string.Join('|', Sidecars.FilesBeside(videoPath).Select(path => $"{Path.GetFileName(path)} {Of(new FileInfo(path), identity)}")));

    private static string Of(FileInfo file, InputIdentity identity)
    {
        try
        {
            if (identity == InputIdentity.Stat)
                return string.Create(CultureInfo.InvariantCulture, $"{file.Length} bytes of {file.LastWriteTimeUtc:O}");
            using var stream = file.OpenRead();
            return $"sha256 {Convert.ToHexStringLower(SHA256.HashData(stream))}";
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            return $"unreadable: {reason.Message}"; // it fails when it is opened, with its reason
        }
    }
}
