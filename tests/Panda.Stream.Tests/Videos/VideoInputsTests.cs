using System.Runtime.Versioning;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Videos;

public sealed class VideoInputsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_file_among_others_is_reported_and_an_own_output_is_passed_over()
    {
        var input = _folder.File("in");
        _folder.Write("in/a.mp4", "a");
        _folder.Write("in/out/clips/part-00000.parquet", "p");

        var found = VideoInputs.FindOutside(Path.Combine(input, "out"), input, Path.Combine(input, "gone.mp4"));

        Assert.Equal("a", Assert.Single(found.Videos).VideoId);
        Assert.Equal(Path.Combine(input, "gone.mp4"), Assert.Single(found.Failed).Path);
    }

    [Fact]
    public void A_folder_gives_all_its_files_in_order_without_hidden_and_side_files()
    {
        Write("b.mp4", "a.MKV", "B.webm", "deep/er/c.ts", "noext", ".hidden.mp4", ".git/x.mp4", "a.json", "a.info.json", "b.srt", "b.en.vtt", "list.csv", "README.md", "p.yml");
        var inputs = VideoInputs.Find(_folder.Path);
        Assert.Equal(["B.webm", "a.MKV", "b.mp4", "deep/er/c.ts", "noext"], inputs.Videos.Select(Relative));
        Assert.Equal(["B", "a", "b", "c", "noext"], inputs.Videos.Select(video => video.VideoId));
        Assert.Equal(7, inputs.Ignored);
        Assert.Empty(inputs.Failed);
    }

    [Theory]
    [InlineData("*.mp4", "a.mp4 b1.mp4")]
    [InlineData("b?.*", "b1.mp4 b2.mkv")]
    [InlineData("b[0-1].*", "b1.mp4")]
    [InlineData("b[!0-1].*", "b2.mkv")]
    [InlineData("**/*.mp4", "a.mp4 b1.mp4 x/a(1).mp4 x/y/d.mp4")]
    [InlineData("x/*", "x/a(1).mp4")]
    [InlineData("x/**", "x/a(1).mp4 x/y/d.mp4")]
    [InlineData("*/a(*).mp4", "x/a(1).mp4")]
    public void A_glob_gives_the_files_that_match(string glob, string expected)
    {
        Write("a.mp4", "a.json", "b1.mp4", "b2.mkv", "x/a(1).mp4", "x/a.txt", "x/y/d.mp4");
        Assert.Equal(expected.Split(' '), VideoInputs.Find(_folder.File(glob)).Videos.Select(Relative));
    }

    [Fact]
    public void A_list_gives_its_paths_in_its_order_and_reports_each_that_is_no_file()
    {
        Write("b.mp4", "sub/a.mp4");
        var list = _folder.Write("list.txt", $"# my videos\r\nsub/a.mp4\n\n  b.mp4  \nabsent.mp4\nsub\n{_folder.File("b.mp4")}\n");
        var inputs = VideoInputs.Find(list);
        Assert.Equal(["sub/a.mp4", "b.mp4"], inputs.Videos.Select(Relative));
        Assert.Equal(
            [
                new(_folder.File("absent.mp4"), "found no such file, expected a video (list.txt line 5)"),
                new(_folder.File("sub"), "found a folder, expected a video file (list.txt line 6)"),
                new(_folder.File("b.mp4"), $"found the same file as {_folder.File("b.mp4")} (list.txt line 7), expected each video once"),
            ],
            inputs.Failed);
    }

    [Fact]
    public void A_single_file_is_tried_whatever_its_name()
    {
        Write("odd[1].json");
        Assert.Equal([new VideoInput("odd[1]", _folder.File("odd[1].json"))], VideoInputs.Find(_folder.File("odd[1].json")).Videos);
    }

    [Fact]
    public void Several_inputs_are_taken_together()
    {
        Write("b.mp4", "x/a.mp4");
        Assert.Equal(["b.mp4", "x/a.mp4"], VideoInputs.Find(_folder.File("b.mp4"), _folder.File("x")).Videos.Select(Relative));
    }

    [Fact]
    public void The_same_file_and_the_same_content_count_once()
    {
        Write("a.mp4", "c.mp4", "e.mp4");
        File.Copy(_folder.File("a.mp4"), _folder.File("b.mp4"));
        File.CreateSymbolicLink(_folder.File("d.mp4"), "c.mp4");
        File.CreateSymbolicLink(_folder.File("f.mp4"), "b.mp4");
        var inputs = VideoInputs.Find(_folder.Path);
        Assert.Equal(["a.mp4", "c.mp4", "e.mp4"], inputs.Videos.Select(Relative));
        Assert.Equal(
            [
                new(_folder.File("b.mp4"), $"found the same content as {_folder.File("a.mp4")}, expected each video once"),
                new(_folder.File("d.mp4"), $"found the same file as {_folder.File("c.mp4")}, expected each video once"),
                new(_folder.File("f.mp4"), $"found the same file as {_folder.File("a.mp4")}, expected each video once"),
            ],
            inputs.Failed);
    }

    [Fact]
    public void Two_videos_of_one_name_get_ids_of_their_own_that_do_not_depend_on_the_place()
    {
        string[] names = ["x/talk.mp4", "y/talk.mp4", "z/talk.mkv", "other.mp4"];
        Write(names);
        var ids = VideoInputs.Find(_folder.Path).Videos.Select(video => video.VideoId).ToList();
        Assert.Equal(4, ids.Distinct().Count());
        Assert.Equal("other", ids[0]);
        Assert.All(ids.Skip(1), id => Assert.Matches("^talk-[0-9a-f]{8}$", id));

        using var elsewhere = new TemporaryFolder();
        foreach (var name in names)
            elsewhere.Write(name, name);
        Assert.Equal(ids, VideoInputs.Find(elsewhere.Path).Videos.Select(video => video.VideoId));
    }

    [Fact]
    public void Files_of_one_name_in_two_inputs_get_ids_of_their_own()
    {
        Write("x/talk.mp4", "y/talk.mp4");
        Assert.Equal(2, VideoInputs.Find(_folder.File("x"), _folder.File("y")).Videos.Select(video => video.VideoId).Distinct().Count());
        Assert.Equal(2, VideoInputs.Find(_folder.File("x/talk.mp4"), _folder.File("y/talk.mp4")).Videos.Select(video => video.VideoId).Distinct().Count());
    }

    [Fact]
    public void Empty_files_and_links_to_nothing_are_reported_and_stop_nobody()
    {
        Write("good.mp4");
        _folder.Write("empty.mp4", "");
        File.CreateSymbolicLink(_folder.File("lost.mp4"), "gone.mp4");
        var inputs = VideoInputs.Find(_folder.Path);
        Assert.Equal(["good.mp4"], inputs.Videos.Select(Relative));
        Assert.Equal(
            [
                new(_folder.File("empty.mp4"), "found an empty file (0 bytes), expected a video"),
                new(_folder.File("lost.mp4"), "found a link to gone.mp4, which is not there, expected a video"),
            ],
            inputs.Failed);
    }

    [Fact, UnsupportedOSPlatform("windows")]
    public void Files_and_folders_that_may_not_be_read_are_reported()
    {
        Write("a.mp4", "closed.mp4", "folder/b.mp4");
        File.SetUnixFileMode(_folder.File("closed.mp4"), UnixFileMode.None);
        File.SetUnixFileMode(_folder.File("folder"), UnixFileMode.None);
        try
        {
            Assert.SkipWhen(MayReadAnything(), "needs a user whom permissions bind");
            var inputs = VideoInputs.Find(_folder.Path);
            Assert.Equal(["a.mp4"], inputs.Videos.Select(Relative));
            Assert.Equal([_folder.File("folder"), _folder.File("closed.mp4")], inputs.Failed.Select(failed => failed.Path));
            Assert.All(inputs.Failed, failed => Assert.Contains("cannot be read", failed.Reason));
        }
        finally
        {
            File.SetUnixFileMode(_folder.File("folder"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        bool MayReadAnything()
        {
            try
            {
                File.ReadAllBytes(_folder.File("closed.mp4"));
                return true;
            }
            catch (UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    [Theory, InlineData(""), InlineData("**/*.mp4"), InlineData("**/a.mp4"), InlineData("x/**"), InlineData("x/*.mp4")]
    public void Links_that_lead_in_circles_end(string input)
    {
        Write("x/a.mp4");
        Directory.CreateSymbolicLink(_folder.File("x/up"), _folder.Path);
        Directory.CreateSymbolicLink(_folder.File("x/again"), ".");
        var inputs = VideoInputs.Find(_folder.File(input));
        Assert.Equal(["x/a.mp4"], inputs.Videos.Select(Relative));
        Assert.Empty(inputs.Failed);
    }

    [Theory]
    [InlineData("absent.mp4", "found no file, folder, list or glob of that name")]
    [InlineData("sides", "found a folder with 2 side files and nothing else")]
    [InlineData("sides/*.mp4", "found no video matching *.mp4 among 2 files in ")]
    [InlineData("nowhere/*.mp4", "found no folder ")]
    [InlineData("sides/empty.txt", "found a list without paths")]
    public void An_input_that_names_nothing_says_what_was_looked_for(string input, string reason)
    {
        Write("sides/a.json");
        _folder.Write("sides/empty.txt", "# nothing yet\n");
        var failure = Assert.Throws<VideoException>(() => VideoInputs.Find(_folder.File(input)));
        Assert.StartsWith(reason, failure.Reason);
        Assert.EndsWith(", expected at least one video", failure.Reason);
        Assert.Equal(_folder.File(input), failure.Path);
    }

    [Fact]
    public void Every_reference_video_is_found()
    {
        var folder = Path.GetDirectoryName(SharedVideos.Path("real_640.mp4"))!;
        var inputs = VideoInputs.Find(folder);
        Assert.Superset(SharedVideos.Names.ToHashSet(), inputs.Videos.Select(video => Path.GetFileName(video.Path)).ToHashSet());
        Assert.Empty(inputs.Failed);
    }

    private void Write(params string[] names)
    {
        foreach (var name in names)
            _folder.Write(name, name);
    }

    private string Relative(VideoInput video) => Path.GetRelativePath(_folder.Path, video.Path);
}
