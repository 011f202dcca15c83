using System.Security.Cryptography;
using System.Text;
using Panda.Stream.Native.Files;

namespace Panda.Stream.Videos;

/// <summary>A file to be read as a video.</summary>
/// <param name="VideoId">The file's name without extension; where several inputs share one, a short hash of the path below the input follows.</param>
/// <param name="Path">Where it is, as the user would name it.</param>
public sealed record VideoInput(string VideoId, string Path);

/// <summary>A file that was asked for and cannot be a video of the run, with what was found instead.</summary>
public sealed record FailedInput(string Path, string Reason);

/// <summary>The videos that an input names, and what became of every other file it names.</summary>
/// <param name="Videos">In order of the inputs, within a folder or glob by path (ordinal).</param>
/// <param name="Failed">Missing, unreadable, empty or duplicate files.</param>
/// <param name="Ignored">How many side files (subtitles, metadata, notes) were passed over.</param>
public sealed record VideoInputs(IReadOnlyList<VideoInput> Videos, IReadOnlyList<FailedInput> Failed, int Ignored)
{
    private static readonly HashSet<string> SideFiles = new(StringComparer.OrdinalIgnoreCase)
    {
        ".json", ".jsonl", ".srt", ".vtt", ".ass", ".csv", ".tsv", ".txt", ".md", ".yaml", ".yml", ".xml", ".log",
    };

    /// <summary>Resolves inputs, each a folder (searched to the bottom), a glob (<c>* ? [] **</c>), a list (.txt) or one video file.</summary>
    /// <exception cref="VideoException">Nothing at all is named; the message says what was looked for.</exception>
    public static VideoInputs Find(params IReadOnlyList<string> inputs) => FindOutside(null, inputs);

    /// <summary>The same, but for what lies in one folder: a run's own output below its input.</summary>
    public static VideoInputs FindOutside(string? folder, params IReadOnlyList<string> inputs)
    {
        var named = new List<NamedFile>();
        var failed = new List<FailedInput>();
        var nothing = new List<FailedInput>();
        var ignored = 0;
        var outside = folder is null ? null : Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + '/';
        foreach (var input in inputs)
        {
            var search = FileSearch.Of(input);
            var found = search.Files.Where(file => outside is null || !Path.GetFullPath(file.Path).StartsWith(outside, StringComparison.Ordinal)).ToList();
            var files = found.FindAll(file => search.IsExplicit || !SideFiles.Contains(Path.GetExtension(file.Path)));
            ignored += found.Count - files.Count;
            if (files.Count + search.Failed.Count == 0)
                nothing.Add(new FailedInput(input, $"found {search.FoundNothing}, expected at least one video"));
            failed.AddRange(search.Failed);
            named.AddRange(files);
        }
        if (nothing.Count == inputs.Count)
            throw new VideoException(nothing[0].Path, nothing[0].Reason);
        failed.AddRange(nothing);
        var unique = WithoutDuplicates(named, failed);
        return new VideoInputs(WithIds(unique), failed, ignored);
    }

    /// <summary>Keeps the first of the files that are the same, and only files that can be read; the rest goes to <paramref name="failed"/>.</summary>
    private static List<NamedFile> WithoutDuplicates(List<NamedFile> files, List<FailedInput> failed)
    {
        var usable = new List<(NamedFile File, long Size, string RealPath)>();
        foreach (var file in files)
        {
            if (VideoFile.Unusable(file.Path, out var size) is { } reason)
                failed.Add(new FailedInput(file.Path, reason + file.Origin));
            else
                usable.Add((file, size, RealPath.Of(file.Path)));
        }
        // Only files of one size can be equal, so that most are never read here.
        var filesOfSize = usable.DistinctBy(file => file.RealPath).CountBy(file => file.Size).ToDictionary();
        // Each names the file that is kept.
        var byRealPath = new Dictionary<string, string>();
        var byContent = new Dictionary<string, string>();
        var unique = new List<NamedFile>();
        foreach (var (file, size, real) in usable)
        {
            if (byRealPath.TryGetValue(real, out var kept))
                failed.Add(new FailedInput(file.Path, $"found the same file as {kept}{file.Origin}, expected each video once"));
            else if (filesOfSize[size] > 1 && ContentHash(file.Path) is var hash && !byContent.TryAdd(hash, file.Path))
            {
                byRealPath.Add(real, byContent[hash]);
                failed.Add(new FailedInput(file.Path, $"found the same content as {byContent[hash]}{file.Origin}, expected each video once"));
            }
            else
            {
                byRealPath.Add(real, file.Path);
                unique.Add(file);
            }
        }
        return unique;
    }

    private static List<VideoInput> WithIds(List<NamedFile> files)
    {
        var withName = files.CountBy(file => Name(file)).ToDictionary();
        var withRelativePath = files.CountBy(file => file.RelativePath).ToDictionary();
        return [.. files.Select(file => new VideoInput(withName[Name(file)] == 1 ? Name(file) : $"{Name(file)}-{ShortHash(Distinction(file))}", file.Path))];

        static string Name(NamedFile file) => Path.GetFileNameWithoutExtension(file.Path);

        // The path below the input is the same wherever the input lies; files of two inputs may share even that.
        string Distinction(NamedFile file) => withRelativePath[file.RelativePath] == 1 ? file.RelativePath : file.Path;
    }

    private static string ContentHash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(file));
    }

    private static string ShortHash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
}
