using Panda.Stream.Graph;
using Panda.Stream.Models;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Splitting;
using Panda.Stream.Tests.Cuda;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Graph;

/// <summary>Coherence of features that lie on a card, on several, or on one that fails.</summary>
public class CardCoherenceTests
{
    private const int Segments = 4, FramesEach = 3, Side = 64;

    private static readonly VideoStreamInfo Info = new("", "", "", Side, Side, 0, new(1, 1), new(1, 1), new(1, 1), 0, null, null);

    [Theory]
    [InlineData(1, false, 0), InlineData(2, false, 0), InlineData(1, true, 0), InlineData(2, true, 0)]
    [InlineData(1, false, 7), InlineData(1, true, 3), InlineData(2, false, 5)]
    public async Task Distances_are_those_of_the_processor_wherever_the_features_lie(int cards, bool alsoCpu, int launchesUntilFault)
    {
        var card = LoadedCard.Load(Repository.File("models/mini-lpips/card.yaml"));
        using var cpu = new FeatureExtractor(card, ModelOptions.Default);
        var expected = await MeasureAsync(new(frame => Task.FromResult(cpu.Extract([frame])[0]), cpu.Distance, 1));
        using var fake = new FakeDriver(cards);
        var open = Enumerable.Range(0, cards).Select(number => FakeCard.Open(fake, number)).ToArray();
        var extractors = open.Select(one => new FeatureExtractor(card, new ModelOptions { Device = one.Device })).Concat(alsoCpu ? [cpu] : []).ToArray();
        var made = new List<FrameFeatures>();
        if (launchesUntilFault > 0)
            fake.Fail("kernel", 700, launchesUntilFault);

        var found = await MeasureAsync(new(Features, extractors[0].Distance, 1));

        Assert.Equal(Segments * FramesEach, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Assert.True(expected.Skip(1).Min() > 0.01);
        if (launchesUntilFault == 0 && cards == 1 && !alsoCpu)
            Assert.Equal(0, open[0].Card.Read);
        // All of it was given back.
        Assert.All(made.Where(features => features.OnCard is not null).SelectMany(features => features.OnCard!.Layers), layer => Assert.Throws<ObjectDisposedException>(() => layer.Address));
        Array.ForEach(extractors, extractor => extractor.Dispose());
        Array.ForEach(open, one => one.Device.Dispose());
        if (launchesUntilFault == 0)
            Assert.Equal(0, fake.Live);

        // In turn on each, and where it is lost on the CPU.
        Task<FrameFeatures> Features(KeptFrame frame)
        {
            FrameFeatures features;
            try
            {
                features = extractors[frame.Index % extractors.Length].Extract([frame])[0];
            }
            catch (CudaException)
            {
                features = cpu.Extract([frame])[0];
            }
            made.Add(features);
            return Task.FromResult(features);
        }
    }

    [Fact]
    public async Task Features_that_are_no_numbers_are_told()
    {
        using var folder = new TemporaryFolder();
        ModelsFolder.CopyOf("mini-lpips", folder.Path);
        var path = folder.File("mini-lpips", "card.yaml");
        File.WriteAllText(path, File.ReadAllText(path).Replace("std: [0.229, 0.224, 0.225]", "std: [3.0e-39, 3.0e-39, 3.0e-39]", StringComparison.Ordinal));
        using var fake = new FakeDriver();
        var (_, device) = FakeCard.Open(fake);
        using (device)
        using (var model = new FeatureExtractor(LoadedCard.Load(path), new ModelOptions { Device = device }))
        {
            var error = await Assert.ThrowsAsync<InvalidDataException>(() => MeasureAsync(new(frame => Task.FromResult(model.Extract([frame])[0]), model.Distance, 1)));
            Assert.Equal("features: found a distance of NaN between frames 0 and 0, expected a finite number", error.Message);
        }
    }

    private static async Task<double[]> MeasureAsync(CoherenceOptions options)
    {
        var coherence = new RunningCoherence(options, Info);
        var measured = Enumerable.Range(0, Segments).Select(segment => coherence.AddAsync(Segment(segment))).ToArray();
        var ended = coherence.EndAsync();
        var samples = await Task.WhenAll(measured);
        await ended;
        Assert.Equal(Enumerable.Range(0, Segments * FramesEach), samples.SelectMany(one => one.Frames));
        return [.. samples.SelectMany(one => one.Distances)];
    }

    private static SegmentFrames Segment(int number)
    {
        KeptFrame[] frames = [.. Enumerable.Range(number * FramesEach, FramesEach).Select(Frame)];
        return new(default, default, frames[0], frames[^1], frames, [], []);
    }

    private static KeptFrame Frame(int index)
    {
        var pixels = new byte[3 * Side * Side];
        new Random(index).NextBytes(pixels);
        return new(index, index, Side, Side, pixels);
    }
}
