using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Videos;

/// <summary>Files that are no videos, or broken ones: each says what was found, and whatever decodes is delivered.</summary>
public sealed class BadVideoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tone.m4a", "found audio (aac) only, expected a video stream")]
    [InlineData("cover.m4a", "found audio (aac), attached picture (png) only, expected a video stream")]
    [InlineData("picture.png", "found a still image (png), expected a video")]
    public void A_file_without_a_film_says_what_it_holds(string name, string reason) =>
        Assert.Equal(reason, Refusal(TestFiles.Video(name)));

    [Fact]
    public void A_picture_renamed_to_mp4_is_still_a_picture() =>
        Assert.Equal("found a still image (png), expected a video",
            Refusal(_folder.Write("picture.mp4", File.ReadAllBytes(TestFiles.Video("picture.png")))));

    [Fact]
    public void A_picture_that_is_known_by_its_name_alone_is_a_picture() =>
        Assert.Equal("found a still image (jpg), expected a video", Refusal(_folder.Write("picture.JPG", [0xFF, 0xD8, 0xFF, 0xE0, .. new byte[5000]])));

    [Fact]
    public void An_empty_file_says_so() =>
        Assert.Equal("found an empty file (0 bytes), expected a video", Refusal(_folder.Write("empty.mp4", "")));

    [Fact]
    public void Text_renamed_to_mp4_is_refused_in_libavs_words() =>
        Assert.Contains("Invalid data found when processing input", Refusal(_folder.Write("text.mp4", "This is a letter, not a film.\n")));

    [Fact]
    public void A_missing_file_and_a_folder_say_so()
    {
        Assert.Equal("found no such file, expected a video", Refusal(_folder.File("absent.mp4")));
        Assert.Equal("found a folder, expected a video file", Refusal(_folder.Path));
    }

    [Fact]
    public void The_message_begins_with_the_path()
    {
        var failure = Assert.Throws<VideoException>(() => VideoDecoder.Open(_folder.File("absent.mp4")));
        Assert.Equal($"{_folder.File("absent.mp4")}: found no such file, expected a video", failure.Message);
    }

    [Fact]
    public void An_mp4_cut_off_before_its_index_names_what_is_missing()
    {
        var video = File.ReadAllBytes(TestFiles.Video("quarters.mp4"));
        Assert.Contains("moov atom not found", Refusal(_folder.Write("cut.mp4", video.AsSpan(0, video.Length / 2))));
    }

    [Fact]
    public void A_video_whose_pictures_are_all_noise_has_no_frames()
    {
        var video = File.ReadAllBytes(TestFiles.Video("moving.mp4"));
        var pictures = IndexOf(video, "mdat"u8) + 4;
        new Random(1).NextBytes(video.AsSpan(pictures));
        Assert.Matches("^found no decodable frame in 400 h264 packets (.+), expected at least one$", Refusal(_folder.Write("noise.mp4", video)));
    }

    [Theory, InlineData("moving.mp4", "partial file"), InlineData("moving.mkv", "File ended prematurely")]
    public void A_truncated_video_delivers_what_there_is_and_tells_where_it_broke_off(string name, string reason)
    {
        var video = File.ReadAllBytes(TestFiles.Video(name));
        using var decoder = VideoDecoder.Open(_folder.Write(name, video.AsSpan(0, video.Length / 2)));
        var frames = CountFrames(decoder);

        Assert.InRange(frames, 100, 300);
        Assert.Equal(frames, decoder.End!.Frames);
        Assert.False(decoder.End.IsClean);
        Assert.Matches($"^broke off after {frames} frames: .*{reason}", decoder.End.ToString());
    }

    [Theory, InlineData("moving.mp4"), InlineData("moving.mkv")]
    public void Damage_in_the_middle_is_counted_and_passed_over(string name)
    {
        var video = File.ReadAllBytes(TestFiles.Video(name));
        new Random(1).NextBytes(video.AsSpan(video.Length / 2, 3000));
        // With several threads libav 5.1 now and then loses its own note of damage.
        using var decoder = VideoDecoder.Open(_folder.Write(name, video), threads: 1);
        var last = 0L;
        var frames = 0;
        while (decoder.TryRead(out var frame))
        {
            frames++;
            last = frame.Pts;
            frame.Dispose();
        }
        Assert.InRange(frames, 300, 400);
        Assert.Equal(399 / 25.0, decoder.Info.Seconds(last), 1e-3);
        Assert.InRange(decoder.DecodeErrors + decoder.CorruptPackets, 1, 100);
    }

    [Fact]
    public void A_name_with_wildcards_and_colons_is_only_a_name()
    {
        using var decoder = VideoDecoder.Open(_folder.Write("concat:50%d [x]*.mp4", File.ReadAllBytes(TestFiles.Video("quarters.mp4"))));
        Assert.Equal(12, CountFrames(decoder));
    }

    private static string Refusal(string path) => Assert.Throws<VideoException>(() => VideoDecoder.Open(path)).Reason;

    private static int CountFrames(VideoDecoder decoder)
    {
        var frames = 0;
        for (; decoder.TryRead(out var frame); frames++)
            frame.Dispose();
        return frames;
    }

    private static int IndexOf(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> part) => bytes.IndexOf(part);
}
