using System.Runtime.InteropServices;

namespace Panda.Stream.Native.Files;

/// <summary>A file that is either whole under its name or not there: temporary name in the same folder, fsync, rename, fsync of the folder.</summary>
public static partial class DurableFile
{
    /// <summary>What the temporary name of <paramref name="path"/> is; a killed run may leave one behind.</summary>
    public static string TemporaryName(string path) =>
        Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.tmp");

    /// <summary>Has <paramref name="write"/> write to a temporary name and then puts the file in place of <paramref name="path"/>, durably, with the permissions that this one had.</summary>
    /// <param name="path">A full path; its folder exists.</param>
    /// <param name="write">Creates the file whose name it is given.</param>
    /// <exception cref="IOException">With the reason of the system; nothing is then left under either name.</exception>
    public static void Write(string path, Action<string> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var temporary = TemporaryName(path);
        try
        {
            write(temporary);
            if (!OperatingSystem.IsWindows() && File.Exists(path))
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(path));
            using (var written = File.OpenHandle(temporary, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                RandomAccess.FlushToDisk(written);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            DeleteQuietly(temporary);
            throw;
        }
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes the names in a folder (what was created, renamed, deleted) survive a power cut.</summary>
    public static void FlushFolder(string folder)
    {
        const int ReadOnlyFolder = 0x10000 | 0x80000; // O_RDONLY | O_DIRECTORY | O_CLOEXEC on linux-x64
        var descriptor = open(folder, ReadOnlyFolder);
        if (descriptor < 0)
            throw new IOException($"{folder}: {Marshal.GetLastPInvokeErrorMessage()}");
        var failed = fsync(descriptor) != 0;
        var reason = failed ? Marshal.GetLastPInvokeErrorMessage() : "";
        _ = close(descriptor);
        if (failed)
            throw new IOException($"{folder}: {reason}");
    }

    private static void DeleteQuietly(string path)
    {
        // The first failure is the one to report; whatever is left is swept up when the folder is claimed again.
        try
        {
            File.Delete(path);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
        }
    }

    [LibraryImport(NativeLibraries.LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport(NativeLibraries.LibC, SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport(NativeLibraries.LibC, SetLastError = true)]
    private static partial int close(int descriptor);
}
