using Panda.Stream.Native.Files;

namespace Panda.Stream.Export;

/// <summary>A folder that is made beside its place under a hidden name and appears there whole, or not at all.</summary>
internal sealed class StagingFolder : IDisposable
{
    private readonly string _place;

    /// <exception cref="IOException">Something lies at the place already, or the folder cannot be made.</exception>
    internal StagingFolder(string place)
    {
        _place = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(place));
        Refuse();
        Path = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(_place) ?? "/", $".{System.IO.Path.GetFileName(_place)}.{Environment.ProcessId}.tmp");
        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{_place}: cannot be written: {reason.Message}; choose another --output", reason);
        }
    }

    internal string Path { get; }

    /// <summary>Puts the folder in its place.</summary>
    internal void Commit()
    {
        Refuse();
        if (Directory.Exists(_place))
            Directory.Delete(_place); // an empty one
        Directory.Move(Path, _place);
        DurableFile.FlushFolder(System.IO.Path.GetDirectoryName(_place)!);
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }

    private void Refuse()
    {
        if (File.Exists(_place) || (Directory.Exists(_place) && Directory.EnumerateFileSystemEntries(_place).Any()))
            throw new IOException($"{_place}: found {(File.Exists(_place) ? "a file" : "a folder that is not empty")}, expected a name that is free; choose another --output");
    }
}
