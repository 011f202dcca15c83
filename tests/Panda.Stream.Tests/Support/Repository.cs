namespace Panda.Stream.Tests.Support;

/// <summary>The repository that the tests were built from, for files which a test compares with the code.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>With PANDA_REWRITE=1 tests write what they would have expected, to be looked at with git diff.</summary>
    public static bool Rewrites => Environment.GetEnvironmentVariable("PANDA_REWRITE") == "1";

    public static string File(string path) => Path.Combine(Root, path);

    /// <summary>Asserts that a file of the repository holds a text, or writes it.</summary>
    public static void AssertFile(string path, string expected)
    {
        if (Rewrites)
            System.IO.File.WriteAllText(File(path), expected);
        Assert.True(System.IO.File.Exists(File(path)), $"{path} is missing; PANDA_REWRITE=1 makes it");
        Assert.Equal(System.IO.File.ReadAllText(File(path)), expected);
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Panda.Stream.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"found no Panda.Stream.sln above {AppContext.BaseDirectory}");
    }
}
