namespace Panda.Stream.Config;

/// <summary>Whether a folder can be written, or made where it does not exist yet.</summary>
internal static class Writable
{
    /// <summary>Why a folder cannot be written, or null when it can.</summary>
    public static string? Why(string folder)
    {
        var existing = folder;
        while (!Path.Exists(existing) && Path.GetDirectoryName(existing) is { } parent)
            existing = parent;
        if (!Directory.Exists(existing))
            return $"found the file '{existing}', expected a folder";
        var probe = Path.Combine(existing, $".panda-{Guid.NewGuid():n}");
        try
        {
            // Rights, read-only mounts and quotas: many things can be in the way, and only writing tells.
            using var file = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"found that '{existing}' cannot be written ({error.Message.Replace(probe, existing, StringComparison.Ordinal)}), expected a folder where files can be made";
        }
    }
}
