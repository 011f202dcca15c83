using Panda.Stream.Config;
using Panda.Stream.Graph;
using Panda.Stream.Models;
using Panda.Stream.Splitting;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Graph;

public sealed class RunningCoherenceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Distances_run_on_from_segment_to_segment()
    {
        using var model = new FeatureExtractor(LoadedCard.Load(Repository.File("models/mini-lpips/card.yaml")), ModelOptions.Default);
        using var embedder = new Embedder(LoadedCard.Load(Repository.File("models/layout/card.yaml")), ModelOptions.Default);
        var path = Repository.File("samples/beach_day.mp4");
        var reports = new List<SplitReport>();
        var config = new PipelineConfig { Models = Repository.File("models"), Coherence = new() { Batch = new() { Largest = 1 } } };

        var run = new SplitRun(config, embedder, model, null, reports.Add);
        await run.RunAsync(VideoInputs.Find(path).Videos, CancellationToken.None);
        var samples = Assert.Single(reports).Segments.OrderBy(segment => segment.Source.Segment.Index).Select(segment => segment.Source.Samples!).ToArray();

        // The same, frame by frame: every kept frame of the video, the first of each second, each held against the one before.
        using var decoder = VideoDecoder.Open(path);
        using var scorer = FrameAnalyzers.OnCpu(SplitSettings.Panda70M, 0);
        using var keeper = new FrameKeeper(SplitSettings.Panda70M, decoder.Info, 96, 8);
        var kept = new List<KeptFrame>();
        while (decoder.TryRead(out var frame))
            kept.AddRange(keeper.Push(frame, scorer.Score(frame).Value).SelectMany(segment => segment.Frames));
        kept.AddRange(keeper.Finish().SelectMany(segment => segment.Frames));
        var expected = kept.GroupBy(frame => (int)decoder.Info.Seconds(frame.Pts)).Select(second => second.First()).ToArray();
        Assert.True(expected.Length > 20, $"{expected.Length} seconds");
        Assert.Equal(expected.Select(frame => frame.Index), samples.SelectMany(segment => segment.Frames));
        var features = expected.Select(frame => model.Extract([frame])[0]).ToArray();
        Assert.Equal(
            features.Select((frame, i) => Math.Round(i == 0 ? 0 : model.Distance.Between(features[i - 1], frame), 5)),
            samples.SelectMany(segment => segment.Distances).Select(distance => Math.Round(distance, 5)));
        // Neighbours across a cut are farther apart than most within a scene.
        Assert.True(samples.Max(segment => segment.Distances.Max()) > 2 * reports[0].Clips.Max(clip => clip.Clip.MaxRunningLpips));
    }

    [Fact]
    public async Task A_model_that_fails_costs_the_figure_and_nothing_else()
    {
        ModelsFolder.CopyOf("mini-lpips", _folder.Path);
        ModelsFolder.CopyOf("layout", _folder.Path);
        var card = _folder.File("mini-lpips", "card.yaml");
        File.WriteAllText(card, File.ReadAllText(card).Replace("std: [0.229, 0.224, 0.225]", "std: [3.0e-39, 3.0e-39, 3.0e-39]", StringComparison.Ordinal));
        var config = new PipelineConfig { Models = _folder.Path };
        using var embedder = ModelSet.LoadEmbedder(config, 1);
        using var features = ModelSet.LoadFeatures(config, 1);
        var reports = new List<SplitReport>();

        var run = new SplitRun(config, embedder, features, null, reports.Add);
        await run.RunAsync(VideoInputs.Find(Repository.File("samples/beach_day.mp4")).Videos, CancellationToken.None);

        Assert.True(reports[0].Clips.Count > 3);
        Assert.All(reports[0].Clips, clip => Assert.Null(clip.Clip.MaxRunningLpips));
        Assert.Contains("coherence could not be measured in all of it: mini-lpips: found a number that is not finite", Assert.Single(reports[0].Warnings));
    }
}
