namespace Panda.Stream.Tests.Support;

/// <summary>The small committed files of <c>Data</c>.</summary>
public static class TestFiles
{
    public static string Video(string name) => Path.Combine(AppContext.BaseDirectory, "Data", "Videos", name);
}
