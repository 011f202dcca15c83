namespace Panda.Stream.Native.Files;

/// <summary>Where a path leads when every link in it is followed.</summary>
public static class RealPath
{
    // The kernel's own limit; links may go in a circle.
    private const int MostLinks = 40;

    /// <exception cref="IOException">Its links go in a circle.</exception>
    public static string Of(string path)
    {
        var links = 0;
        return Of(path, ref links);
    }

    private static string Of(string path, ref int links)
    {
        var real = "/";
        foreach (var part in Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
                real = next;
            else if (++links > MostLinks)
                throw new IOException($"{path}: found links that go in a circle");
            else
                real = Of(Path.Combine(real, target), ref links);
        }
        return real;
    }
}
