using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Panda.Stream.Graph;
using Panda.Stream.Shards;
using Panda.Stream.Splitting;

namespace Panda.Stream.Cli;

/// <summary>How <c>split</c> shows a video: as a table, or as one line of JSON.</summary>
internal static class SplitOutput
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void WriteFailed(TextWriter output, string source, string reason, bool json) =>
        output.WriteLine(json
            ? TerminalText.HarmlessJson(new JsonObject { ["source"] = source, ["error"] = reason }.ToJsonString(Readable))
            : $"{TerminalText.Harmless(source)}: failed: {TerminalText.Harmless(reason)}\n");

    public static void Write(TextWriter output, TextWriter error, SplitReport report, bool json)
    {
        foreach (var warning in report.Warnings)
            error.WriteLine($"panda: {TerminalText.Harmless(warning)}");
        if (!report.Video.WasOpened)
            WriteFailed(output, report.Video.Input.Path, report.Video.Failure ?? "not opened", json);
        else if (json)
            output.WriteLine(TerminalText.HarmlessJson(ToJson(report).ToJsonString(Readable)));
        else
            WriteTable(output, report);
    }

    private static JsonObject ToJson(SplitReport report)
    {
        var video = report.Video;
        var json = new JsonObject
        {
            ["source"] = video.Input.Path,
            ["fps"] = video.Info.FrameRate.ToDouble(),
            ["frames"] = video.Frames,
            ["damaged_frames"] = report.Segments.Sum(segment => segment.Source.Damaged.Count),
            ["cuts"] = new JsonArray([.. video.Cuts.Select(cut => (JsonNode)cut)]),
            ["segments"] = new JsonArray([.. report.Segments.Select(segment => Span(segment.Source.Segment))]),
            ["clips"] = new JsonArray([.. report.Clips.Select(clip => new JsonObject
            {
                ["start_frame"] = clip.Clip.Start,
                ["end_frame"] = clip.Clip.End,
                ["start_s"] = clip.StartSeconds,
                ["end_s"] = clip.EndSeconds,
                ["timestamp"] = clip.Timestamp,
                ["damaged_frames"] = clip.Clip.DamagedFrames,
            })]),
            ["dropped"] = new JsonArray([.. report.Segments.Where(segment => segment.Drop is not null).Select(segment => new JsonObject
            {
                ["span"] = Span(segment.Source.Segment),
                ["reason"] = segment.Drop!.Reason.Name(),
                ["value"] = segment.Drop.Value,
            })]),
            ["warnings"] = new JsonArray([.. report.Warnings.Select(warning => (JsonNode)warning)]),
        };
        if (video.Failure is { } failure)
            json["error"] = failure;
        return json;
    }

    private static JsonArray Span(Segment segment) => [segment.Start, segment.End];

    private static void WriteTable(TextWriter output, SplitReport report)
    {
        var (video, info) = (report.Video, report.Video.Info);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{TerminalText.Harmless(video.Input.Path)}: {info.DisplayWidth}x{info.DisplayHeight}, {info.FrameRate.ToDouble():0.###} frames/s, {Plural.Of(video.Frames, "frame")}, {Plural.Of(video.Cuts.Count, "cut")}, {Plural.Of(report.Segments.Count, "segment")}, {Plural.Of(report.Clips.Count, "clip")}"));
        if (video.Failure is { } failure)
            output.WriteLine($"  failed: {TerminalText.Harmless(failure)}");
        output.WriteLine("  segment    frames            inside    join  outcome");
        foreach (var (segment, join, clip, drop) in report.Segments)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {segment.Segment.Index,7}    {$"{segment.Segment.Start}-{segment.Segment.End}",-16} {segment.Inside,7:0.000} {join,7:0.000}  {(clip is { } number ? $"clip {number}" : $"dropped, {drop!.Reason.Name()}: {TerminalText.Harmless(drop.Text)}")}"));
        if (report.Clips.Count > 0)
            output.WriteLine("  clip       frames           seconds  time");
        foreach (var clip in report.Clips)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {clip.Clip.Index,4}       {$"{clip.Clip.Start}-{clip.Clip.End}",-16} {clip.EndSeconds - clip.StartSeconds,7:0.00}  {clip.Timestamp}"));
        output.WriteLine();
    }
}
