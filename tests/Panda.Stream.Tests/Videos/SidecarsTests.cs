using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Videos;

public sealed class SidecarsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_video_without_side_files_has_no_text_and_no_warnings()
    {
        var read = Read();
        Assert.Empty(read.Warnings);
        Assert.Equal(("", "", 0), (read.Text.Title, read.Text.Description, read.Text.Subtitles.Count));
    }

    [Fact]
    public void Json_gives_title_description_and_subtitles_in_both_forms_of_time()
    {
        _folder.Write("video.json", """
            {"id": {"deep": [1, {"title": "not this"}]}, "title": "A day", "description": "At the <sea>",
             "subtitles": [
               {"start": "00:01:02.500", "end": "1:03", "text": "second", "speaker": "B"},
               {"start": 1.25, "end": 2, "text": "first\nline"}]}
            """);
        var read = Read();
        Assert.Empty(read.Warnings);
        Assert.Equal(("A day", "At the <sea>"), (read.Text.Title, read.Text.Description));
        Assert.Equal([new(1.25, 2, "first line"), new(62.5, 63, "second")], read.Text.Subtitles);
    }

    [Fact]
    public void Ytdlps_json_gives_title_and_description_and_its_subtitles_are_something_else()
    {
        _folder.Write("video.info.json", """{"title": "From the web", "description": null, "subtitles": {"en": [{"ext": "vtt"}]}}""");
        var read = Read();
        Assert.Empty(read.Warnings);
        Assert.Equal(("From the web", "", 0), (read.Text.Title, read.Text.Description, read.Text.Subtitles.Count));
    }

    [Fact]
    public void Each_thing_is_taken_from_the_first_file_that_has_it()
    {
        _folder.Write("video.json", """{"title": "own"}""");
        _folder.Write("video.info.json", """{"title": "downloaded", "description": "downloaded"}""");
        _folder.Write("video.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nfrom vtt\n");
        _folder.Write("video.en.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nfrom en.vtt\n");
        Assert.Equal(("own", "downloaded", "from vtt"), Summary());
        _folder.Write("video.srt", "1\n00:00:01,000 --> 00:00:02,000\nfrom srt\n");
        Assert.Equal(("own", "downloaded", "from srt"), Summary());
        _folder.Write("video.json", """{"title": "own", "subtitles": [{"start": 1, "end": 2, "text": "from json"}]}""");
        Assert.Equal(("own", "downloaded", "from json"), Summary());

        (string, string, string) Summary() => Read().Text is var text ? (text.Title, text.Description, text.SubtitlesBetween(0, 9)) : default;
    }

    [Fact]
    public void Srt_with_BOM_CRLF_and_markup()
    {
        _folder.Write("video.srt", "\uFEFF1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hello</i>,\r\n<font color=\"#fff\">you</font> &amp; {\\an8}me\r\n \r\n2\r\n01:00:00,5 --> 01:00:01,000 X1:10\r\nlater: 1 < 2\r\n");
        var read = Read();
        Assert.Empty(read.Warnings);
        Assert.Equal([new(1, 2.5, "Hello, you & me"), new(3600.5, 3601, "later: 1 < 2")], read.Text.Subtitles);
    }

    [Fact]
    public void Vtt_with_notes_styles_names_and_settings()
    {
        _folder.Write("video.vtt", """
            WEBVTT - a talk
            Kind: captions
            Language: en

            STYLE
            ::cue { color: red }

            NOTE 00:01 --> not a cue
            of two lines

            intro
            00:01.000 --> 00:02.000 align:start position:0%
            <v Ann><b>Good</b> day&nbsp;&lt;all&gt;

            00:00:03.000 --> 00:00:04.000
            - one
            - two
            """);
        var read = Read();
        Assert.Empty(read.Warnings);
        Assert.Equal([new(1, 2, "Good day <all>"), new(3, 4, "- one - two")], read.Text.Subtitles);
    }

    [Fact]
    public void Rolling_captions_say_each_line_once()
    {
        _folder.Write("video.en.vtt", """
            WEBVTT
            Kind: captions
            Language: en

            00:00:00.160 --> 00:00:02.550 align:start position:0%
            ~
            hello<00:00:00.480><c> to</c><00:00:00.800><c> you</c>

            00:00:02.550 --> 00:00:02.560 align:start position:0%
            hello to you
            ~

            00:00:02.560 --> 00:00:04.000 align:start position:0%
            hello to you
            and<00:00:03.000><c> me</c>

            00:00:04.000 --> 00:00:04.010 align:start position:0%
            and me
            ~

            00:00:09.000 --> 00:00:10.000 align:start position:0%
            and me
            ~
            """.Replace('~', ' '));
        var read = Read();
        Assert.Empty(read.Warnings);
        Assert.Equal([new(0.16, 2.56, "hello to you"), new(2.56, 4.01, "and me"), new(9, 10, "and me")], read.Text.Subtitles);
    }

    [Fact]
    public void Lines_are_sorted_by_time()
    {
        _folder.Write("video.srt", "1\n00:00:05,000 --> 00:00:06,000\nb\n\n2\n00:00:01,000 --> 00:00:02,000\na\n");
        Assert.Equal(["a", "b"], Read().Text.Subtitles.Select(line => line.Text));
    }

    [Theory]
    [InlineData("video.srt", "1\nnonsense\n\n2\n00:00:01,000 --> 00:00:02,000\ngood\n", "(1): found '1', expected 'start --> end'")]
    [InlineData("video.srt", "1\n00:00:01,000 --> soon\nbad\n\n2\n00:00:01,000 --> 00:00:02,000\ngood\n", "(2): found '00:00:01,000 --> soon', expected times as HH:MM:SS.mmm --> HH:MM:SS.mmm")]
    [InlineData("video.vtt", "WEBVTT\n\n00:05.000 --> 00:01.000\nbad\n\n00:01.000 --> 00:02.000\ngood\n", "(3): found '00:05.000 --> 00:01.000', expected an end after the start")]
    [InlineData("video.vtt", "00:01.000 --> 00:02.000\ngood\n", "(1): found '00:01.000 --> 00:02.000', expected WEBVTT")]
    [InlineData("video.json", "{\"title\": 5,\n\"subtitles\": [{\"start\": 1, \"end\": 2, \"text\": \"good\"}]}", "(1): found 5, expected text as title")]
    [InlineData("video.json", "{\"subtitles\": [{\"start\": 1, \"end\": 2, \"text\": \"good\"},\n{\"start\": \"soon\", \"end\": 2, \"text\": \"bad\"}]}", "(2): found soon, expected seconds or \"HH:MM:SS.mmm\" as start")]
    [InlineData("video.json", "{\"subtitles\": [{\"start\": 1, \"end\": 2, \"text\": \"good\"},\n7]}", "(2): found 7, expected {start, end, text}")]
    [InlineData("video.json", "{\"subtitles\": [{\"start\": 1, \"end\": 2, \"text\": \"good\"},\n{\"start\": 3, \"end\": 2, \"text\": \"bad\"}]}", "(2): found a subtitle from 3 to 2 s with text, expected start <= end and text")]
    [InlineData("video.json", "{\"subtitles\": [{\"start\": 1, \"end\": 2, \"text\": \"good\"},\n{\"start\"", "(2): found broken JSON")]
    public void A_broken_part_is_named_by_file_and_line_and_the_rest_is_used(string name, string content, string warning)
    {
        var path = _folder.Write(name, content);
        var read = Read();
        Assert.StartsWith(path + warning, read.Warnings[0]);
        Assert.Equal("good", read.Text.SubtitlesBetween(0, 9));
    }

    [Theory]
    [InlineData("video.json", "[1, 2]", "(1): found a list, expected an object with title, description or subtitles")]
    [InlineData("video.json", "", "(1): found broken JSON")]
    [InlineData("video.srt", "", "(1): found no subtitle, expected at least one")]
    [InlineData("video.json", "{\"subtitles\": \"none\"}", "(1): found none, expected a list of subtitles")]
    public void A_file_without_anything_useful_says_so(string name, string content, string warning)
    {
        var path = _folder.Write(name, content);
        var read = Read();
        Assert.StartsWith(path + warning, Assert.Single(read.Warnings));
        Assert.Equal(("", 0), (read.Text.Title, read.Text.Subtitles.Count));
    }

    [Fact]
    public void A_file_of_nothing_but_errors_does_not_flood()
    {
        var path = _folder.Write("video.srt", string.Concat(Enumerable.Repeat("noise\n\n", 1000)));
        var warnings = Read().Warnings;
        Assert.Equal(6, warnings.Count);
        Assert.Equal($"{path}: found 996 more such errors", warnings[^1]);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_read_as_Latin1()
    {
        var path = _folder.Write("video.srt", "1\n00:00:01,000 --> 00:00:02,000\ncaf\u00e9\n"u8.ToArray().Where(value => value != 0xC3).Select(value => value == 0xA9 ? (byte)0xE9 : value).ToArray());
        var read = Read();
        Assert.Equal([$"{path}(1): found bytes that are not UTF-8, read as Latin-1"], read.Warnings);
        Assert.Equal("café", read.Text.Subtitles[0].Text);
    }

    private SidecarText Read() => Sidecars.Read(_folder.File("video.mp4"));
}
