using System.Globalization;
using Panda.Stream.Native.Files;

namespace Panda.Stream.Shards.Ledger;

/// <summary>Where results lie that a changed run starts from, until it is complete: <c>.earlier/N</c> in the output folder, each a result of its own with its ledger.</summary>
internal static class EarlierFolder
{
    private const string Name = ".earlier", Moving = ".moving", Gone = ".earlier.gone";

    /// <summary>The results that are there, newest first.</summary>
    internal static IReadOnlyList<string> All(string folder) => [.. Numbered(folder).Where(LedgerFile.IsIn)];

    private static IEnumerable<string> Numbered(string folder)
    {
        var earlier = Path.Combine(folder, Name);
        return !Directory.Exists(earlier) ? [] : Directory.EnumerateDirectories(earlier).Where(path => Number(path) is not null).OrderByDescending(Number);
    }

    /// <summary>Moves the result of a folder out of the way, its closed ledger last. A kill half way is made good by <see cref="FinishMove"/>.</summary>
    internal static void Move(string folder)
    {
        RefuseLink(folder);
        Directory.CreateDirectory(Path.Combine(folder, Name, Moving));
        FinishMove(folder);
    }

    /// <summary>Ends a move or a deletion that a killed run had begun; does nothing where there is none.</summary>
    internal static void FinishMove(string folder)
    {
        DeleteGone(folder);
        var earlier = Path.Combine(folder, Name);
        var moving = Path.Combine(earlier, Moving);
        if (!Directory.Exists(moving))
            return;
        RefuseLink(folder);
        File.Delete(Path.Combine(folder, RunReport.FileName));
        foreach (var table in ShardTables.Folders)
        {
            var (from, to) = (Path.Combine(folder, table), Path.Combine(moving, table));
            if (Directory.Exists(from) && !Directory.Exists(to))
                Directory.Move(from, to);
        }
        // With the ledger goes its log: a run that was killed leaves one, and what is in it is committed.
        foreach (var ending in LedgerFile.Endings)
        {
            var name = LedgerFile.Name + ending;
            if (File.Exists(Path.Combine(folder, name)))
                File.Move(Path.Combine(folder, name), Path.Combine(moving, name), overwrite: true);
        }
        var next = Numbered(folder).FirstOrDefault() is { } newest ? Number(newest)!.Value + 1 : 0;
        Directory.Move(moving, Path.Combine(earlier, next.ToString(CultureInfo.InvariantCulture)));
        DurableFile.FlushFolder(earlier);
        foreach (var table in ShardTables.Folders)
            Directory.CreateDirectory(Path.Combine(folder, table));
        DurableFile.FlushFolder(folder);
    }

    // Nothing is moved wherever a link that was put there leads.
    private static void RefuseLink(string folder)
    {
        if (new DirectoryInfo(Path.Combine(folder, Name)) is { LinkTarget: { } target } link)
            throw new LedgerException($"{link.FullName}: found a link to {target}, expected a folder");
    }

    internal static bool IsIn(string folder) => Directory.Exists(Path.Combine(folder, Name));

    internal static void Delete(string folder)
    {
        DeleteGone(folder);
        if (!IsIn(folder))
            return;
        // First out of sight, at once: what a kill leaves of it must not pass for results.
        Directory.Move(Path.Combine(folder, Name), Path.Combine(folder, Gone));
        DeleteGone(folder);
    }

    private static void DeleteGone(string folder)
    {
        if (Directory.Exists(Path.Combine(folder, Gone)))
            Directory.Delete(Path.Combine(folder, Gone), recursive: true);
    }

    private static int? Number(string path) =>
        int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
