using System.Runtime.InteropServices;
using Panda.Stream.Native.Files;
using Panda.Stream.Shards;
using Panda.Stream.Shards.Ledger;
using Panda.Stream.Tests.Shards;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Strangers;

/// <summary>What lies where a file should: pipes that wait for ever, devices that never end, links that lead elsewhere.</summary>
public sealed partial class FilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Only_files_are_opened()
    {
        foreach (var path in new[] { Pipe("pipe"), Link("to_pipe", _folder.File("pipe")), "/dev/zero", Link("to_zero", "/dev/zero"), _folder.Path })
            Assert.Contains("found a folder, a pipe or a device, expected a file", Assert.Throws<IOException>(() => RegularFile.Open(path)).Message);
        Assert.Throws<FileNotFoundException>(() => RegularFile.Open(_folder.File("absent")));
        Assert.Throws<FileNotFoundException>(() => RegularFile.Open(Link("nowhere", _folder.File("absent"))));
        var circle = _folder.File("circle");
        File.CreateSymbolicLink(circle, circle);
        Assert.Throws<IOException>(() => RegularFile.Open(circle));
        Assert.Equal("sound"u8, RegularFile.ReadAll(_folder.Write("file", "sound"), 5));
        Assert.Contains("found 5 bytes, expected at most 4", Assert.Throws<IOException>(() => RegularFile.ReadAll(_folder.File("file"), 4)).Message);
    }

    [Fact]
    public void A_path_is_real_when_no_link_is_left_in_it()
    {
        _folder.Write("a/b/file", "");
        Link("short", _folder.File("a", "b"));
        Link("a/up", "..");
        Assert.Equal(_folder.File("a", "b", "file"), RealPath.Of(_folder.File("short", "file")));
        Assert.Equal(_folder.File("a", "b", "file"), RealPath.Of(_folder.File("a", "up", "a", "up", "short", "file")));
        Assert.Equal(_folder.File("nothing", "here"), RealPath.Of(_folder.File("nothing", "here")));
        File.CreateSymbolicLink(_folder.File("round"), _folder.File("round"));
        Assert.Throws<IOException>(() => RealPath.Of(_folder.File("round", "x")));
    }

    [Fact]
    public void Text_beside_a_video_that_is_no_file_costs_the_text()
    {
        Pipe("v.json");
        Link("v.srt", "/dev/zero");
        _folder.Write("v.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nhello\n");
        var read = Sidecars.Read(_folder.File("v.mp4"));
        Assert.Equal("hello", Assert.Single(read.Text.Subtitles).Text);
        Assert.Equal(2, read.Warnings.Count(warning => warning.Contains("expected a file", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_pipe_or_device_is_no_video()
    {
        foreach (var path in new[] { Pipe("pipe.mp4"), Link("zero.mp4", "/dev/zero") })
            Assert.Contains("expected a video", Assert.Throws<VideoException>(() => VideoDecoder.Open(path)).Message);
    }

    [Fact]
    public void Links_in_the_output_folder_lead_no_writing_elsewhere()
    {
        var precious = _folder.Write("precious", "to be kept");
        Directory.CreateDirectory(_folder.File("out"));
        Link("out/.panda.lock", precious);
        Assert.Throws<OutputFolderException>(() => OutputFolder.Claim(_folder.File("out")));

        File.Delete(_folder.File("out", ".panda.lock"));
        Link("out/ledger.sqlite", _folder.File("elsewhere"));
        Assert.Contains("expected a file of the ledger", Assert.Throws<LedgerException>(() => LedgerFile.Open(_folder.File("out"), create: true)).Message);
        File.Delete(_folder.File("out", "ledger.sqlite"));
        Directory.CreateSymbolicLink(_folder.File("out", ".earlier"), _folder.Path);
        Assert.Contains("expected a folder", Assert.Throws<LedgerException>(() => EarlierFolder.Move(_folder.File("out"))).Message);
        Directory.Delete(_folder.File("out", ".earlier"));
        Assert.False(Path.Exists(_folder.File("elsewhere")));
        Link("out/run.json", precious);
        Directory.CreateDirectory(_folder.File("out", "clips"));
        Link("out/clips/.part-00000.parquet.tmp", precious);
        Link("out/clips/part-00000.parquet", precious);
        using (var claimed = OutputFolder.Claim(_folder.File("out"), overwrite: true))
        {
            var shards = new ShardWriter(claimed, SomeRows.Metadata, 10);
            shards.Add(SomeRows.Clip(1));
            Assert.Equal(1, shards.Complete().Clips);
        }
        Assert.False(new FileInfo(_folder.File("out", "clips", "part-00000.parquet")).Attributes.HasFlag(FileAttributes.ReparsePoint));
        Assert.Equal("to be kept", File.ReadAllText(precious));
    }

    private string Pipe(string name)
    {
        var path = _folder.File(name);
        Assert.Equal(0, mkfifo(path, 0x1A4));
        return path;
    }

    private string Link(string name, string target)
    {
        File.CreateSymbolicLink(_folder.File(name), target);
        return _folder.File(name);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, int mode);
}
