using System.Security.Cryptography;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Videos;

public sealed class DamageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>libav itself loses its note of concealed errors by chance when several threads decode, and lost packets are met earlier.</summary>
    [Theory]
    [InlineData("moving.mp4", 1)]
    [InlineData("moving.mp4", 2)]
    [InlineData("moving.mkv", 3)]
    [InlineData("grows.ts", 4)]
    public void The_same_frames_are_damaged_with_any_threads_and_look_the_same(string video, int seed)
    {
        var bytes = File.ReadAllBytes(TestFiles.Video(video));
        var random = new Random(seed);
        for (var i = 0; i < 30; i++)
            bytes[bytes.Length / 2 + random.Next(bytes.Length / 4)] ^= (byte)(1 << random.Next(8));
        var path = _folder.Write(video, bytes);

        var expected = Decode(path, threads: 1);

        Assert.Contains(expected, frame => frame.IsDamaged);
        Assert.Contains(expected, frame => !frame.IsDamaged);
        foreach (var threads in new[] { 1, 2, 2, 3, 4, 7 })
            Assert.Equal(expected, Decode(path, threads));
    }

    private static List<(int Index, long Pts, bool IsDamaged, string Pixels)> Decode(string path, int threads)
    {
        using var decoder = VideoDecoder.Open(path, threads);
        var frames = new List<(int, long, bool, string)>();
        while (decoder.TryRead(out var frame))
        {
            using (frame)
            {
                Assert.True(frame.TryGetYuv420(out var planes));
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
                for (var y = 0; y < planes.Height; y++)
                    hash.AppendData(planes.Y.Slice(y * planes.StrideY, planes.Width));
                frames.Add((frame.Index, frame.Pts, frame.IsDamaged, Convert.ToHexString(hash.GetHashAndReset())));
            }
        }
        return frames;
    }
}
