namespace Panda.Stream.Export.Formats;

/// <summary>A line of JSON for each clip.</summary>
public sealed class JsonLines(string path) : IExportFormat
{
    private readonly TextTable _table = new(path);
    private readonly string _folder = Path.GetDirectoryName(path)!;

    public void Write(IReadOnlyList<ExportedClip> video)
    {
        ArgumentNullException.ThrowIfNull(video);
        foreach (var clip in video)
            _table.WriteLine(clip.ToJson(clip.File is { } file ? Path.GetRelativePath(_folder, file) : null));
    }

    public void Dispose() => _table.Dispose();
}
