using System.Diagnostics;
using Panda.Stream.Captioning;
using Panda.Stream.Selection;
using Panda.Stream.Videos;

namespace Panda.Stream.Models.Devices;

/// <summary>What a model costs, measured on a made-up clip of some seconds before a run with several devices.</summary>
internal static class ModelCost
{
    private const int Frames = 8, FramesPerSecond = 2, Side = 64;

    // Of each segment two frames are embedded; coherence is measured once a second.
    private const int EmbeddedFrames = 2, MeasuredFrames = Frames / FramesPerSecond;

    /// <summary>Seconds a clip, by the second of two calls: the first one finds its memory.</summary>
    /// <exception cref="ModelCardException">The model cannot be opened.</exception>
    public static double Measure(LoadedCard card, ModelOptions options)
    {
        var pool = new SessionPool(options);
        switch (card.Card.Kind)
        {
            case ModelKind.Embedder:
                using (var embedder = new Embedder(card, pool))
                    return Time(() => embedder.Calls.Run([.. Clip().Kept.Take(EmbeddedFrames)]));
            case ModelKind.Features:
                using (var features = new FeatureExtractor(card, pool))
                    return Time(() => features.Calls.Run([.. Clip().Kept.Take(MeasuredFrames)]));
            case ModelKind.Teacher:
                using (var teacher = new Teacher(card, pool))
                    return Time(() => teacher.Caption([Clip()]));
            default:
                using (var matcher = new Matcher(card, pool))
                    return Time(() => matcher.Score(Clip(), [new("", "a red ball rolls to the left", null, null), new("", "a cat sleeps on a chair", null, null)]));
        }
    }

    private static double Time(Action call)
    {
        call();
        var begun = Stopwatch.GetTimestamp();
        call();
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private static CaptionRequest Clip()
    {
        var random = new Random(1);
        var frames = Enumerable.Range(0, Frames).Select(i =>
        {
            var pixels = new byte[3 * Side * Side];
            random.NextBytes(pixels);
            return new KeptFrame(i, i, Side, Side, pixels);
        }).ToArray();
        return new("measured", frames, 0, Frames, FrameRate: FramesPerSecond);
    }
}
