using Panda.Stream.Captioning;
using Panda.Stream.Shards;

namespace Panda.Stream.Tests.Shards;

/// <summary>Rows with every kind of value: nulls, nested lists, empty lists, extremes, letters of many scripts.</summary>
internal static class SomeRows
{
    internal static readonly ShardMetadata Metadata = new("0123abcd", "0.1.0");

    private static readonly string[] Texts =
        ["", "plain", "it's \"quoted\"", "Zürich 東京 🎬 क्षि", "line\none\r\n\ttab", "a\0b", "exactly 12 b", "thirteen byte", new('x', 5000)];

    internal static ClipRow Clip(int number, string video = "video")
    {
        var text = Texts[number % Texts.Length];
        return new()
        {
            ClipId = $"{video}-{number:D5}",
            VideoId = video,
            Source = $"/videos/{text}.mp4",
            StartFrame = number * 10,
            EndFrame = number * 10 + 9,
            StartSeconds = number / 3.0,
            EndSeconds = number / 3.0 + 1e-9,
            StartPts = number == 0 ? long.MinValue : number * 512L,
            EndPts = number == 0 ? long.MaxValue : number * 512L + 300,
            TimeBase = new(1, 12800),
            Timestamp = "['0:00:01.000', '0:00:02.000']",
            Fps = 30000 / 1001.0,
            Width = 640,
            Height = 360,
            Caption = text,
            CaptionTeacher = "teacher-1",
            MatchingScore = number % 7 / 7f,
            Candidates = Candidates(number, text),
            Title = Texts[(number + 1) % Texts.Length],
            Description = Texts[(number + 2) % Texts.Length],
            Subtitles = Texts[(number + 3) % Texts.Length],
            InsideDistance = 0.1 * (number % 10),
            MotionDistance = double.Epsilon,
            MaxRunningLpips = number % 4 == 0 ? null : number / 7.0,
            Models = new("layout@1", "matcher@1", number % 3 == 0 ? [] : ["teacher-0", "teacher-1", text]),
            NamesReplaced = number % 3,
        };
    }

    internal static Candidate[] Candidates(int number, string text) => (number % 4) switch
    {
        0 => [new("teacher-0", "", null, "ran out of memory"), new("teacher-1", text, 0.5f, null)],
        1 => [new("teacher-0", text, null, null), new("teacher-1", text, 1f, null)],
        2 => [],
        _ => [new("teacher-0", text + text, float.MaxValue, null), new("teacher-1", "東", -0f, ""), new("teacher-2", "", null, "not asked") { Asked = false }],
    };

    internal static SegmentRow Segment(int number, string video = "video")
    {
        var dropped = number % 3 == 0;
        var facts = new VideoFacts(30000 / 1001.0, 640, 360, new(1, 90_000), number % 2 == 0 ? 0 : -1024);
        long[] pts = [.. Enumerable.Range(0, 151).Select(i => i == 150 && number % 4 == 0 ? long.MaxValue / 2 : number * 450_450L + i * 3003L + i % 7)];
        return new()
        {
            VideoId = video,
            Source = "/videos/one.mp4",
            Segment = new(number, number * 150, number * 150 + 150),
            StartSeconds = facts.Seconds(pts[0]),
            EndSeconds = facts.Seconds(pts[^1]),
            Probes = new(number * 150 + 7, number * 150 + 141),
            FirstFeature = dropped ? null : [number, 0.5f, float.Epsilon],
            LastFeature = number % 5 == 0 ? null : [-number, float.MaxValue, -0f],
            ClipId = dropped ? null : $"{video}-{number / 2:D5}",
            Reason = dropped ? "transition" : null,
            Value = dropped ? 1.25 : null,
            Detail = number % 6 == 0 ? "frame 7 could not be decoded" : null,
            Video = facts,
            Pts = pts,
            Samples = (number % 4) switch { 0 => null, 1 => new([], []), _ => new([number * 150, number * 150 + 30], [0, number / 3.0]) },
        };
    }

    internal static FilteredRow Filtered(int number) => new(
        Clip(number) with { Caption = null, CaptionTeacher = null, MatchingScore = null }, "min_score", "score 0.12 below 0.43");

    internal static FailedRow Failed(int number) => new()
    {
        Kind = number % 2 == 0 ? FailedKind.Video : FailedKind.Clip,
        Id = $"failed-{number}",
        Source = "/videos/broken.mp4",
        Stage = "decode",
        Reason = "found no video stream",
        FramesReached = number % 2 == 0 ? null : number,
        Detail = number % 2 == 0 ? null : "at frame 7",
        Candidates = number % 2 == 0 ? null : [new("teacher-0", "", null, "broke")],
    };
}
