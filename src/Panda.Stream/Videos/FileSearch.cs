using System.Text;
using System.Text.RegularExpressions;
using Panda.Stream.Native.Files;

namespace Panda.Stream.Videos;

/// <summary>A file that an input names.</summary>
/// <param name="RelativePath">The path below the input's own folder, the same on every machine.</param>
/// <param name="Origin">Where it was named, for messages: "" or " (LIST.txt line 3)".</param>
internal sealed record NamedFile(string Path, string RelativePath, string Origin = "");

/// <summary>The files that one input names, whatever they hold.</summary>
/// <param name="IsExplicit">Whether each file was named by itself, so that none may be passed over.</param>
/// <param name="FoundNothing">What to say when there are none.</param>
internal sealed record FileSearch(IReadOnlyList<NamedFile> Files, IReadOnlyList<FailedInput> Failed, bool IsExplicit, string FoundNothing)
{
    private static readonly char[] Wildcards = ['*', '?', '['];

    internal static FileSearch Of(string input) =>
        Directory.Exists(input) ? InFolder(input)
        : File.Exists(input) && Path.GetExtension(input).Equals(".txt", StringComparison.OrdinalIgnoreCase) ? InList(input)
        : File.Exists(input) || new FileInfo(input).LinkTarget is not null ? new([new(input, Path.GetFileName(input))], [], true, "")
        : input.IndexOfAny(Wildcards) >= 0 ? Matching(input)
        : new([], [], true, "no file, folder, list or glob of that name");

    private static FileSearch InFolder(string folder)
    {
        var (files, failed) = Walk(folder, int.MaxValue);
        return new(files, failed, false, $"a folder with {Plural.Of(files.Count, "side file")} and nothing else");
    }

    private static FileSearch InList(string list)
    {
        var folder = Path.GetDirectoryName(list) ?? "";
        var name = Path.GetFileName(list);
        NamedFile[] files =
        [
            .. File.ReadLines(list)
                .Select((line, index) => (Path: line.Trim(), Number: index + 1))
                .Where(line => line.Path.Length > 0 && line.Path[0] != '#')
                .Select(line => new NamedFile(Path.Combine(folder, line.Path), line.Path, $" ({name} line {line.Number})")),
        ];
        return new(files, [], true, "a list without paths");
    }

    private static FileSearch Matching(string glob)
    {
        // The folders before the first wildcard are where the search starts.
        var start = glob.LastIndexOf('/', glob.IndexOfAny(Wildcards)) + 1;
        var (folder, pattern) = (start == 0 ? "." : glob[..start], glob[start..]);
        if (!Directory.Exists(folder))
            return new([], [], false, $"no folder {folder} to match {pattern} in");

        var depth = pattern.Contains("**", StringComparison.Ordinal) ? int.MaxValue : pattern.Count(letter => letter == '/');
        var (files, failed) = Walk(folder, depth);
        var matcher = new Regex(RegexOf(pattern), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        var matching = files.Where(file => matcher.IsMatch(file.RelativePath))
            .Select(file => start == 0 ? file with { Path = file.RelativePath } : file).ToList();
        return new(matching, failed, false, $"no video matching {pattern} among {Plural.Of(files.Count, "file")} in {folder}");
    }

    /// <summary>Every file below a folder that is not hidden, by path. Folders that cannot be read are reported; a link to a folder above it is not followed.</summary>
    private static (List<NamedFile> Files, List<FailedInput> Failed) Walk(string root, int depth)
    {
        var files = new List<NamedFile>();
        var failed = new List<FailedInput>();
        Visit(root, "", depth, []);
        files.Sort((a, b) => string.CompareOrdinal(a.RelativePath, b.RelativePath));
        return (files, failed);

        void Visit(string folder, string relative, int levels, IReadOnlyList<string> above)
        {
            try
            {
                var real = RealPath.Of(folder);
                if (above.Contains(real))
                    return; // A link back up: going on would never end.
                foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
                {
                    var name = Path.GetFileName(entry);
                    if (name[0] == '.')
                        continue;
                    var path = Path.Combine(folder, name);
                    if (!Directory.Exists(path))
                        files.Add(new NamedFile(path, relative + name));
                    else if (levels > 0)
                        Visit(path, $"{relative}{name}/", levels - 1, [.. above, real]);
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                failed.Add(new FailedInput(folder, $"found a folder that cannot be read ({failure.Message}), expected a folder of videos"));
            }
        }
    }

    private static string RegexOf(string glob)
    {
        var regex = new StringBuilder("^");
        for (var i = 0; i < glob.Length; i++)
        {
            if (glob.AsSpan(i).StartsWith("**/"))
            {
                regex.Append("(.*/)?");
                i += 2;
            }
            else if (glob.AsSpan(i).StartsWith("**"))
            {
                regex.Append(".*");
                i++;
            }
            else if (glob[i] == '[' && glob.IndexOf(']', i + 1) is > 0 and var close)
            {
                var set = glob[(i + 1)..close].Replace("\\", "\\\\", StringComparison.Ordinal);
                regex.Append('[').Append(set.StartsWith('!') ? "^" + set[1..] : set).Append(']');
                i = close;
            }
            else
                regex.Append(glob[i] switch { '*' => "[^/]*", '?' => "[^/]", var letter => Regex.Escape(letter.ToString()) });
        }
        return regex.Append('$').ToString();
    }
}
