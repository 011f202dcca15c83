namespace Panda.Stream.Tests.Support;

/// <summary>
/// The reference videos, which are not part of the repository: <c>shared/videos</c> beside it, or in the folder that
/// <c>PANDA_SHARED</c> names. Tests that need them skip with a message where they are absent.
/// </summary>
public static class SharedVideos
{
    private static readonly string? Root = Find();

    /// <summary>Path of a reference video; null when it is not there.</summary>
    public static string? Find(string name) => Root is not null && File.Exists(System.IO.Path.Combine(Root, name)) ? System.IO.Path.Combine(Root, name) : null;

    /// <summary>Path of a reference video; skips the test when it is not there.</summary>
    public static string Path(string name)
    {
        var path = Find(name);
        Assert.SkipUnless(path is not null, $"needs the reference video shared/videos/{name} beside the repository, or PANDA_SHARED naming that folder");
        return path!;
    }

    /// <summary>Rows of what PySceneDetect computed for a reference video, without the heading; skips the test when there are none.</summary>
    /// <param name="version">0.6.2 or 0.7.1.</param>
    public static IReadOnlyList<ExpectedFrame> Expected(string name, string version = "0.6.2") =>
        [.. File.ReadLines(Path($"expected/{name}.{version}.csv")).Skip(1).Select(ExpectedFrame.Parse)];

    /// <summary>Names of every reference video; when they are absent one name, so that the theories skip instead of failing for want of data.</summary>
    public static IEnumerable<string> Names => Root is null
        ? ["absent.mp4"]
        : Directory.EnumerateFiles(System.IO.Path.Combine(Root, "expected"), "*.0.6.2.csv")
            .Select(file => System.IO.Path.GetFileName(file)[..^".0.6.2.csv".Length]).Order(StringComparer.Ordinal);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("PANDA_SHARED") is { Length: > 0 } named)
            return System.IO.Path.Combine(named, "videos");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (System.IO.Path.Combine(folder.FullName, "shared", "videos") is var videos && Directory.Exists(videos))
                return videos;
        return null;
    }
}

/// <summary>One row of an expected/*.csv: sums are of absolute differences to the frame before.</summary>
/// <param name="PtsMs">OpenCV's CAP_PROP_POS_MSEC: from the stream's start; 0 for frames that came out after the last packet went in.</param>
public sealed record ExpectedFrame(int Frame, double PtsMs, double ContentVal, long SumHue, long SumSat, long SumLum, int Pixels, bool Cut)
{
    public static ExpectedFrame Parse(string line)
    {
        var cells = line.Split(',');
        return new(int.Parse(cells[0]), double.Parse(cells[1]), double.Parse(cells[2]),
            long.Parse(cells[3]), long.Parse(cells[4]), long.Parse(cells[5]), int.Parse(cells[6]), cells[7] == "1");
    }
}
