using System.Text;
using Panda.Stream.Tests.Fuzz;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Strangers;

/// <summary>Videos that reach for other files, and pictures that reach for all the memory.</summary>
public sealed class VideosTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("hls", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nother.mp4\n#EXT-X-ENDLIST\n")]
    [InlineData("concat", "ffconcat version 1.0\nfile other.mp4\n")]
    [InlineData("sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n")]
    public void A_file_that_names_other_files_is_no_video(string format, string text)
    {
        File.Copy(TestFiles.Video("quarters.mp4"), _folder.File("other.mp4"));
        var refused = Assert.Throws<VideoException>(() => VideoDecoder.Open(_folder.Write($"{format}.mp4", text)));
        Assert.Contains("expected", refused.Reason);
        if (format != "sdp")
            Assert.Contains("found a playlist or another file that names other files", refused.Reason);
    }

    [Theory]
    [InlineData(7680, 4320, 1, null)]
    [InlineData(8192, 8192, 1, null)]
    [InlineData(2160, 15360, 1, null)]
    [InlineData(65535, 65535, 1, "found pictures of 65535x65535, expected sides up to 16384")]
    [InlineData(16384, 8192, 1, "at most 67108864 pixels")]
    [InlineData(20000, 700, 1, "expected sides up to 16384")]
    [InlineData(2, 4096, 1, "found pictures of 2x4096, expected one side at most 32 times the other")]
    [InlineData(4096, 64, 1, "expected one side at most 32 times the other")]
    [InlineData(640, 64, 9, "with pixels 9 times as wide as high")]
    public void Pictures_of_a_size_that_is_not_taken_are_refused(int width, int height, double aspect, string? reason)
    {
        if (reason is null)
            Assert.Null(VideoLimits.Refusal(width, height, aspect));
        else
            Assert.Contains(reason, VideoLimits.Refusal(width, height, aspect));
    }

    [Fact]
    public void A_column_of_two_pixels_costs_itself()
    {
        // 2x300 pixels, the plainest video there is.
        var header = Encoding.ASCII.GetBytes("YUV4MPEG2 W2 H300 F25:1 Ip A1:1 C420jpeg\n");
        var frame = (byte[])[.. "FRAME\n"u8, .. new byte[2 * 300 + 2 * 150]];
        var refused = Assert.Throws<VideoException>(() => VideoDecoder.Open(_folder.Write("narrow.y4m", [.. header, .. frame, .. frame])));
        Assert.Equal("found pictures of 2x300, expected one side at most 32 times the other", refused.Reason);
    }

    [Fact]
    public void An_edit_list_that_shows_all_again_and_again_ends()
    {
        var video = Mp4.ShownAgain(File.ReadAllBytes(TestFiles.Video("moving.mp4")), 1000);
        using var decoder = VideoDecoder.Open(_folder.Write("again.mp4", video));
        var frames = 0;
        for (; decoder.TryRead(out var frame); frames++)
            frame.Dispose();
        Assert.InRange(frames, 400, 10 * 400);
        Assert.Contains("expected at most 8 times what the file has", decoder.End!.ToString());
    }

    [Theory]
    [InlineData(1, 11_000_000, null)]
    [InlineData(1, 0xFFFFFFFF, "found tables of 4294967295 samples, expected at most 11000000")]
    [InlineData(150, 100_000, "found tables of 15000000 samples")]
    public void Sample_tables_that_claim_millions_are_refused_before_memory_is_taken(int tracks, uint samples, string? reason)
    {
        var path = _folder.Write("claims.mp4", Mp4.Claiming(File.ReadAllBytes(TestFiles.Video("quarters.mp4")), tracks, samples));
        Assert.Equal(reason is not null, Mp4Tables.Refusal(path)?.StartsWith(reason!, StringComparison.Ordinal) ?? false);
        if (reason is not null)
            Assert.Contains(reason, Assert.Throws<VideoException>(() => VideoDecoder.Open(path)).Reason);
    }

    [Fact]
    public void Tables_of_any_file_are_looked_at_without_harm()
    {
        foreach (var video in Directory.EnumerateFiles(Path.GetDirectoryName(TestFiles.Video("quarters.mp4"))!))
            Assert.Null(Mp4Tables.Refusal(video));
        Assert.Contains("compressed (cmov)", Mp4Tables.Refusal(_folder.Write("c.mov", [0, 0, 0, 20, .. "moov"u8, 0, 0, 0, 12, .. "cmov"u8, 0, 0, 0, 0])));
        Assert.Null(Mp4Tables.Refusal(_folder.Write("d.mov", [0, 0, 0, 1, .. "moov"u8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 2, .. "trak"u8])));
        Assert.Null(Mp4Tables.Refusal(_folder.Write("e.mov", [0, 0, 0, 0, .. "moov"u8, 0, 0, 0, 9, .. "stsz"u8, 0])));
    }

    [Fact]
    public void Text_beside_a_video_is_cut_to_what_is_allowed()
    {
        _folder.Write("v.json", $$"""{"title": "{{new string('t', 3000)}}", "description": "{{new string('d', 50_000)}}", "subtitles": [{{string.Join(", ", Enumerable.Repeat($$"""{"start": 0, "end": 1e9, "text": "{{new string('s', 900)}}"}""", 100))}}]}""");
        var read = Sidecars.Read(_folder.File("v.mp4"));
        Assert.Equal((1000, 20_000, 100), (read.Text.Title.Length, read.Text.Description.Length, read.Text.Subtitles.Count));
        Assert.Equal(10_000, read.Text.SubtitlesBetween(5, 6).Length);
        Assert.Contains(read.Warnings, warning => warning.Contains("found 3000 letters as title, expected at most 1000", StringComparison.Ordinal));

        _folder.Write("w.srt", string.Concat(Enumerable.Range(0, 90_000).Select(number => $"00:00:01,000 --> 00:00:02,000\n{number}\n\n")));
        read = Sidecars.Read(_folder.File("w.mp4"));
        Assert.Equal(86_400, read.Text.Subtitles.Count);
        Assert.Contains(read.Warnings, warning => warning.Contains("the rest is left out", StringComparison.Ordinal));

        using (var large = File.Create(_folder.File("x.json")))
            large.SetLength(33 << 20);
        Assert.Contains("found 34603008 bytes, expected at most 33554432", Assert.Single(Sidecars.Read(_folder.File("x.mp4")).Warnings));
    }

    [Fact]
    public void A_cut_never_halves_a_character() =>
        Assert.Equal("a", SidecarLimits.Cut("a🙂b", 2));
}
