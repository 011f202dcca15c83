using System.Runtime.InteropServices;
using System.Text;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Strangers;

/// <summary>File names of every kind that a file system allows, through the whole program: each video is accounted for, and nothing is written outside.</summary>
public sealed partial class NamesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Any_name_is_only_a_name()
    {
        string[] names =
        [
            "...mp4", "..mp4", "-rf.mp4", "--output.mp4", "it's.mp4", "'; DROP TABLE shard; --.mp4", "\"$(touch owned)\".mp4", "`touch owned`.mp4",
            "a\nb.mp4", "%s%n.mp4", "[x]*?.mp4", "..\\..\\up.mp4", "concat:a|b.mp4", "http:x.mp4", "日本 🙂.mp4", "a=1.mp4", "{video_id}.mp4", new string('x', 251) + ".mp4",
        ];
        var input = Directory.CreateDirectory(_folder.File("it's \"in\" [x]*")).FullName;
        var video = await File.ReadAllBytesAsync(Repository.File("models/heldout/clip_005.mp4"));
        // Each of other content, by an atom that players skip: the same file twice would count as one.
        foreach (var (number, name) in names.Index())
            await File.WriteAllBytesAsync(Path.Combine(input, name), [.. video, 0, 0, 0, 9, .. "free"u8, (byte)number]);
        using var odd = new OddlyNamed(input, video);
        var output = _folder.File("it's \"out\" [x]*; --");
        ModelsFolder.Make(_folder.File("models"), ["e"], ["t"], ["m"]);

        var (code, _, error) = await PandaProcess.RunAsync("run", "--input", input, "--output", output,
            "--set", $"models={_folder.File("models")}", "--set", "split.embedder=e", "--set", "caption.teachers=[t]", "--set", "select.matcher=m");
        Assert.True(code == 0, error);
        var report = RunReport.Load(output);
        var reader = ShardReader.Open(output);
        var seen = reader.Segments().Select(row => row.Source).Concat(reader.Failed().Select(row => row.Source)).Distinct().ToList();
        // "..mp4" and "...mp4" are hidden files, which a folder's videos do not count in.
        Assert.Equal(names.Where(name => name[0] != '.').Select(name => Path.Combine(input, name)).Order(), seen.Where(source => !source.Contains('\uFFFD')).Order());
        Assert.Contains(reader.Failed(), row => row.Source.Contains('\uFFFD') && row.Reason.Contains("found a name that is not UTF-8", StringComparison.Ordinal));
        Assert.Equal(report.Videos.In, report.Videos.Done + report.Videos.Failed);
        Assert.Empty(report.Mismatches());

        // Hidden ones by name, with scores written to files that bear the videos' names.
        var scores = Directory.CreateDirectory(_folder.File("scores")).FullName;
        var precious = _folder.Write("precious", "to be kept");
        File.CreateSymbolicLink(Path.Combine(scores, "it's.csv"), precious);
        (code, _, error) = await PandaProcess.RunAsync(["split", .. names.Select(name => Path.Combine(input, name)), "--scores", scores]);
        Assert.True(code == 0, error);
        Assert.Equal("to be kept", await File.ReadAllTextAsync(precious));
        Assert.Equal(names.Length, Directory.GetFiles(scores).Length);

        Assert.Empty(Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName).Except(["precious"]));
        Assert.False(File.Exists("owned"));
    }

    /// <summary>A video whose name is not UTF-8, as .NET can neither write nor delete it.</summary>
    private sealed class OddlyNamed : IDisposable
    {
        private readonly byte[] _sound, _odd;

        public OddlyNamed(string folder, byte[] video)
        {
            var sound = Path.Combine(folder, "sound");
            (_sound, _odd) = ([.. Encoding.UTF8.GetBytes(sound), 0], [.. Encoding.UTF8.GetBytes(folder), (byte)'/', 0xFF, 0xFE, .. ".mp4"u8, 0]);
            File.WriteAllBytes(sound, video);
            Assert.Equal(0, rename(_sound, _odd));
        }

        public void Dispose() => rename(_odd, _sound);
    }

    [LibraryImport("libc")]
    private static partial int rename(byte[] from, byte[] to);
}
