using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Videos;

/// <summary>Measures the whole process, so nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(DecoderSoakTests), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(DecoderSoakTests))]
public sealed class DecoderSoakTests
{
    [Fact]
    public void Opening_one_file_500_times_keeps_no_memory_and_no_file()
    {
        var path = TestFiles.Video("quarters.mp4");
        Open(path, 100);
        var before = ResidentMegabytes();
        Open(path, 400);
        // A context or a picture kept at each opening would be 40 MB and more.
        Assert.InRange(ResidentMegabytes() - before, -1000, 12);
        Assert.DoesNotContain(path, Directory.GetFiles("/proc/self/fd").Select(file => new FileInfo(file).LinkTarget));
    }

    private static void Open(string path, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var decoder = VideoDecoder.Open(path, threads: 1);
            using var scaler = new FrameScaler(decoder.Info, 32);
            while (decoder.TryRead(out var frame))
                using (frame)
                    Assert.Equal(48, scaler.Keep(frame).Width);
            // Refusals free what they had opened too.
            Assert.Throws<VideoException>(() => VideoDecoder.Open(TestFiles.Video("tone.m4a")));
        }
    }

    private static double ResidentMegabytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Environment.WorkingSet / 1e6;
    }
}
