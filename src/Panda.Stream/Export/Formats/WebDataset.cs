using System.Formats.Tar;
using System.Text;

namespace Panda.Stream.Export.Formats;

/// <summary>
/// WebDataset: tar files of so many clips each, a clip being KEY.json (its row), KEY.txt (its caption) and, where clips are cut,
/// KEY.mp4, which moves into the tar.
/// </summary>
/// <param name="path">Path of the tar files without number and ending.</param>
/// <param name="clipsPerShard">Clips in each but the last.</param>
public sealed class WebDataset(string path, int clipsPerShard) : IExportFormat
{
    private FileStream? _file;
    private TarWriter? _tar;
    private int _shards, _clips;

    public void Write(IReadOnlyList<ExportedClip> video)
    {
        ArgumentNullException.ThrowIfNull(video);
        foreach (var clip in video)
        {
            if (_tar is null || _clips == clipsPerShard)
                Next();
            _clips++;
            Add($"{clip.Key}.json", new MemoryStream(Encoding.UTF8.GetBytes(clip.ToJson(clip: null))));
            Add($"{clip.Key}.txt", new MemoryStream(Encoding.UTF8.GetBytes(clip.Row.Caption!)));
            if (clip.File is { } file)
            {
                using (var mp4 = File.OpenRead(file))
                    Add($"{clip.Key}.mp4", mp4);
                File.Delete(file);
            }
        }
    }

    public void Dispose() => Close();

    private void Next()
    {
        Close();
        _file = new FileStream($"{path}-{_shards++:000000}.tar", FileMode.CreateNew, FileAccess.Write);
        (_tar, _clips) = (new TarWriter(_file, TarEntryFormat.Ustar, leaveOpen: true), 0);
    }

    private void Close()
    {
        _tar?.Dispose();
        _file?.Flush(flushToDisk: true);
        _file?.Dispose();
        (_tar, _file) = (null, null);
    }

    // The same content makes the same bytes: no time of day, no user.
    private void Add(string name, System.IO.Stream content) =>
        _tar!.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = content, ModificationTime = DateTimeOffset.UnixEpoch });
}
