using Panda.Stream.Export.Cutting;
using Panda.Stream.Export.Formats;
using Panda.Stream.Shards;

namespace Panda.Stream.Export;

/// <summary>Makes a dataset for training of a result, video by video; no more of it is held than a shard and the videos that go on in the next.</summary>
public sealed class DatasetExport : IDisposable
{
    private readonly ExportOptions _options;
    private readonly StagingFolder _folder;
    private readonly Dictionary<string, IExportFormat> _parts = new(StringComparer.Ordinal);
    private readonly ExportReport _report;

    private DatasetExport(ExportOptions options, string output, string? unfinished)
    {
        _options = options;
        _folder = new StagingFolder(output);
        _report = new ExportReport { Format = ExportFormats.ByName.First(format => format.Value == options.Format).Key, Unfinished = unfinished };
    }

    /// <summary>Exports the clips of a result; the output is there whole, or not at all.</summary>
    /// <param name="stop">Once cancelled nothing is left of the export.</param>
    /// <exception cref="IOException">There is no result, the output is taken, or something could not be read or written.</exception>
    public static ExportReport Write(string result, string output, ExportOptions options, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var reader = ShardReader.Open(result);
        using var export = new DatasetExport(options, output, ExistingResult.WhyUnfinished(result));
        // A part of which no video comes is a file without rows, not a missing one.
        foreach (var (part, _) in options.Split.Parts)
            export.Open(part);
        foreach (var video in reader.ClipsByVideo())
        {
            stop.ThrowIfCancellationRequested();
            export.Add(video);
        }
        export.Complete();
        return export._report;
    }

    public void Dispose()
    {
        foreach (var part in _parts.Values)
            part.Dispose();
        _folder.Dispose();
    }

    private void Add(IReadOnlyList<ClipRow> video)
    {
        _report.Clips += video.Count;
        var captioned = video.Where(clip => clip.Caption is not null).ToList();
        _report.Uncaptioned += video.Count - captioned.Count;
        var chosen = _options.Subset.Of(captioned);
        _report.OutsideSubset += captioned.Count - chosen.Count;
        if (chosen.Count == 0)
            return;
        if (_options.Split.Of(video[0].VideoId) is not { } part)
        {
            _report.OutsideSplit += chosen.Count;
            return;
        }
        var exported = _options.Clips ? Cut(part, chosen) : [.. chosen.Select(clip => new ExportedClip(clip, null))];
        if (exported.Count == 0)
            return;
        _parts[part].Write(exported);
        var before = _report.Parts[part];
        _report.Parts[part] = new(before.Videos + 1, before.Clips + exported.Count);
    }

    private List<ExportedClip> Cut(string part, IReadOnlyList<ClipRow> clips)
    {
        var folder = Path.Combine(_folder.Path, part, SampleKey.Of(clips[0].VideoId));
        Directory.CreateDirectory(folder);
        var exported = new List<ExportedClip>();
        foreach (var cut in ClipCutter.Cut(clips[0].Source, clips, _options.Threads, clip => Path.Combine(folder, SampleKey.Of(clip.ClipId) + ".mp4")))
        {
            if (cut.Failure is { } reason)
            {
                File.Delete(cut.Path);
                _report.Failed.Add(new(cut.Clip.ClipId, cut.Clip.Source, reason));
                continue;
            }
            _ = cut.Copied ? _report.Copied++ : _report.Encoded++;
            exported.Add(new(cut.Clip, cut.Path));
        }
        return exported;
    }

    private void Complete()
    {
        foreach (var part in _parts.Values)
            part.Dispose();
        _parts.Clear();
        RemoveEmptyFolders(_folder.Path);
        File.WriteAllText(Path.Combine(_folder.Path, ExportReport.FileName), _report.ToJson());
        _folder.Commit();
    }

    private void Open(string part)
    {
        var path = Path.Combine(_folder.Path, part);
        _report.Parts[part] = new(0, 0);
        _parts[part] = _options.Format switch
        {
            ExportFormat.Panda70MCsv => new Panda70MCsv(path + ".csv"),
            ExportFormat.Jsonl => new JsonLines(path + ".jsonl"),
            _ => new WebDataset(path, _options.ClipsPerShard),
        };
    }

    // Of clips that moved into a tar or failed, folders are left.
    private static void RemoveEmptyFolders(string folder)
    {
        foreach (var inner in Directory.EnumerateDirectories(folder))
        {
            RemoveEmptyFolders(inner);
            if (!Directory.EnumerateFileSystemEntries(inner).Any())
                Directory.Delete(inner);
        }
    }
}
