using System.Diagnostics;
using Panda.Stream.Captioning;
using Panda.Stream.Models.Calls;
using Panda.Stream.Selection;
using Panda.Stream.Videos;

namespace Panda.Stream.Models.Devices;

/// <summary>What a model costs on a device, measured on a made-up clip of some seconds before a run with several devices.</summary>
internal static class ModelCost
{
    private const int Frames = 8, FramesPerSecond = 2, Side = 64;

    // Of each segment two frames are embedded; coherence is measured once a second.
    private const int EmbeddedFrames = 2, MeasuredFrames = Frames / FramesPerSecond;

    /// <summary>The time of a clip by the second of two calls, since the first one finds its memory; the memory by what of the device's is free before and after.</summary>
    /// <param name="batch">Clips of a call on a card, so that it finds all the memory that it will take; a CPU is asked for one.</param>
    /// <returns>The cost, and why the model could not run there; null when it could.</returns>
    /// <exception cref="ModelCardException">The model cannot be opened.</exception>
    /// <exception cref="DeviceException">The device has failed.</exception>
    public static (DeviceCost Cost, string? Fault) Measure(LoadedCard card, ModelDevice device, ModelOptions options, int batch)
    {
        var free = device.FreeBytes;
        try
        {
            var (seconds, left, fault) = Try(card, device, options, device.IsCard ? batch : 1);
            return (new(seconds, free - left), fault);
        }
        catch (NoRoomException full)
        {
            return (default, full.Message);
        }
    }

    private static (double Seconds, long Free, string? Fault) Try(LoadedCard card, ModelDevice device, ModelOptions options, int batch)
    {
        var pool = new SessionPool(options with { Device = device });
        switch (card.Card.Kind)
        {
            case ModelKind.Embedder:
                using (var embedder = new Embedder(card, pool))
                    return Time(device, () => FaultOf(embedder.Calls.Run([.. Clip().Kept.Take(EmbeddedFrames)])));
            case ModelKind.Features:
                using (var features = new FeatureExtractor(card, pool))
                    return Time(device, () => FaultOf(features.Calls.Run([.. Clip().Kept.Take(MeasuredFrames)])));
            case ModelKind.Teacher:
                using (var teacher = new Teacher(card, pool))
                    return Time(device, () => FaultOf(teacher.Caption([.. Enumerable.Range(0, batch).Select(_ => Clip())])), batch);
            default:
                using (var matcher = new Matcher(card, pool))
                    return Time(device, () => FaultOf(matcher.Score(Clip(), [new("", "a red ball rolls to the left", null, null), new("", "a cat sleeps on a chair", null, null)])));
        }
    }

    private static (double Seconds, long Free, string? Fault) Time(ModelDevice device, Func<string?> call, int clips = 1)
    {
        call();
        var begun = Stopwatch.GetTimestamp();
        var fault = call();
        return (Stopwatch.GetElapsedTime(begun).TotalSeconds / clips, device.FreeBytes, fault);
    }

    private static string? FaultOf<T>(IEnumerable<Answer<T>> answers) => answers.Select(answer => answer.Error?.Message).FirstOrDefault(message => message is not null);

    private static string? FaultOf(IEnumerable<Candidate> candidates) => candidates.Select(candidate => candidate.Error).FirstOrDefault(error => error is not null);

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
