using System.Text.Json;
using Panda.Stream.Models;
using Panda.Stream.Splitting;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Splitting;

/// <summary>The weight-free embedder with its card's thresholds: what it tells apart on real and on rendered scenes.</summary>
public sealed class LayoutEmbedderTests(ITestOutputHelper output) : IDisposable
{
    private readonly Embedder _embedder = new(LoadedCard.Load(Repository.File("models/layout/card.yaml")), ModelOptions.Default);

    public void Dispose() => _embedder.Dispose();

    [Fact]
    public void Borders_of_real_scenes_are_told_from_cuts_inside_them()
    {
        const string Name = "real_scenes_640.mp4";
        using var truth = JsonDocument.Parse(File.ReadAllText(SharedVideos.Path("expected/real_scenes_640.scenes.json")));
        var starts = truth.RootElement.GetProperty("scenes").EnumerateArray().Select(span => span[0].GetInt32()).ToHashSet();
        // The cuts are known and tested elsewhere: only the probes are looked at here.
        var cuts = SharedVideos.Expected(Name).Where(row => row.Cut).Select(row => row.Frame).ToHashSet();
        var segments = Embed(SharedVideos.Path(Name), frame => cuts.Contains(frame.Index) ? 30 : 0, out _);

        var right = 0;
        foreach (var (before, after) in segments.Zip(segments.Skip(1)))
        {
            var distance = Distance.Between(before.Last, after.First);
            var parts = distance > _embedder.Thresholds.Stitch;
            if (parts == starts.Contains(after.Segment.Start))
                right++;
            else
                output.WriteLine($"frame {after.Segment.Start}: {distance:0.000}");
        }
        var share = right / (double)(segments.Count - 1);
        Assert.Equal(54, segments.Count - 1);
        Assert.True(share >= 0.92, $"{share:0.000} of the borders right, expected 0.92");
    }

    [Theory]
    [InlineData("beach_day.mp4")]           // a repeat
    [InlineData("harbour_lights.mp4")]      // a still scene
    [InlineData("kitchen_table.mp4")]       // a scene of 11 s
    [InlineData("snow_parade.mp4")]         // a still scene, a repeat, a fade
    public void Rendered_scenes_come_to_what_they_are(string name)
    {
        using var truth = JsonDocument.Parse(File.ReadAllText(Repository.File("samples/truth.json")));
        var scenes = truth.RootElement.GetProperty(name).EnumerateArray()
            .Select(scene => (Start: scene.GetProperty("start_s").GetDouble(), End: scene.GetProperty("end_s").GetDouble(), Kind: scene.GetProperty("kind").GetString()))
            .ToArray();
        using var scorer = FrameAnalyzers.OnCpu(SplitSettings.Panda70M, 0);
        var segments = Embed(Repository.File("samples/" + name), frame => scorer.Score(frame).Value, out var fps);
        var result = StageTwo.Run(segments, SplitSettings.Panda70M, _embedder.Thresholds, fps);

        foreach (var outcome in result.Outcomes)
        {
            var middle = (outcome.Source.Segment.Start + outcome.Source.Segment.End) / 2 / fps;
            var kind = scenes.Single(scene => scene.Start <= middle && middle < scene.End).Kind;
            output.WriteLine($"{outcome.Source.Segment} {kind}: {(outcome.Drop is { } drop ? $"{drop.Reason.Name()} {drop.Text}" : $"clip {outcome.Clip}")}");
            DropReason? expected = kind switch
            {
                "still" => DropReason.Still,
                "repeat" => DropReason.NearRepeat,
                "short" => DropReason.TooShort,
                _ => null,
            };
            // A fade makes one segment with the scene beside it, whose fate depends on where its probes fall.
            if (outcome.Drop?.Reason != DropReason.Transition)
                Assert.Equal(expected, outcome.Drop?.Reason);
        }
        // Every clip is one whole scene, long ones put together again; only where one fades into the next can they be taken for one.
        foreach (var clip in result.Clips)
        {
            var (start, end) = (clip.StitchedStart / fps, clip.StitchedEnd / fps);
            if (!scenes.Any(scene => scene.Kind == "fade" && scene.Start < end && scene.End > start))
                Assert.Contains(scenes, scene => Math.Abs(scene.Start - start) < 0.1 && Math.Abs(scene.End - end) < 0.1);
        }
    }

    private List<EmbeddedSegment> Embed(string path, Func<DecodedFrame, double> score, out double fps)
    {
        using var decoder = VideoDecoder.Open(path);
        fps = decoder.Info.FrameRate.ToDouble();
        using var keeper = new FrameKeeper(SplitSettings.Panda70M, decoder.Info, 96, 8);
        List<EmbeddedSegment> segments = [];
        while (decoder.TryRead(out var frame))
            segments.AddRange(keeper.Push(frame, score(frame)).Select(Embed));
        segments.AddRange(keeper.Finish().Select(Embed));
        return segments;
    }

    private EmbeddedSegment Embed(SegmentFrames frames)
    {
        var features = _embedder.Embed([frames.First, frames.Last]);
        return new(frames.Segment, frames.Probes, features[0], features[1], null);
    }
}
