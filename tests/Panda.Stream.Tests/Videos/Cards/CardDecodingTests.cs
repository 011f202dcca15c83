using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Panda.Stream.Splitting;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;
using Panda.Stream.Videos.Cards;

namespace Panda.Stream.Tests.Videos.Cards;

/// <summary>
/// Videos as libav decodes them on a card: its parsers, its hardware decoders and its CUDA context work as on a real one, against a driver
/// (fake_cuda.cpp, fake_nvcuvid.cpp) whose decoder shows pictures that the CPU has made. libav finds that by its name, so it is all the process
/// has for a driver: the process is one that <see cref="CardProcessTests"/> starts.
/// </summary>
public sealed unsafe class CardDecodingTests : IDisposable
{
    /// <summary>Set in that process.</summary>
    internal const string Variable = "PANDA_TEST_CARD";

    private const int OutOfMemory = 2, IllegalAddress = 700, Held = 10;

    private static readonly nint Driver = Environment.GetEnvironmentVariable(Variable) is null ? 0 : NativeLibrary.Load("libcuda.so.1");

    private readonly TemporaryFolder _folder = new();

    public CardDecodingTests() => Assert.SkipWhen(Driver == 0, "runs in the process that CardProcessTests starts");

    public void Dispose() => _folder.Dispose();

    private sealed record Seen(int Index, long Pts, string Format, bool IsDamaged, ContentScore Score, string Kept, string Planes);

    public static TheoryData<string> Ours => ["quarters.mp4", "moving.mp4", "moving.mkv", "bt709.mp4", "fullrange.mp4", "turned90.mp4", "turned180.mp4", "turned270.mp4",
        "wide.mp4", "raw.h264", "tenbit.mp4"];

    [Theory, MemberData(nameof(Ours))]
    public void A_card_gives_what_the_CPU_gives(string name) => Same(TestFiles.Video(name));

    [Theory, InlineData("counter.mp4"), InlineData("two.mp4"), InlineData("tie14.mp4")]
    public void So_it_does_of_the_reference_videos(string name) => Same(SharedVideos.Path(name));

    [Theory]
    [InlineData("cuvidMapVideoFrame64", OutOfMemory, 130, "from frame 130 on, not cuda:0: h264: ", "OUT_OF_MEMORY")]
    [InlineData("cuvidDecodePicture", OutOfMemory, 40, "from frame ", "OUT_OF_MEMORY")]
    [InlineData("cuvidDecodePicture", IllegalAddress, 0, "decoded it, not cuda:0: h264: ", "ILLEGAL_ADDRESS")]
    [InlineData("cuvidCreateDecoder", OutOfMemory, 0, "decoded it, not cuda:0: h264: ", "OUT_OF_MEMORY")]
    [InlineData("cuDevicePrimaryCtxRetain", OutOfMemory, 0, "decoded it, not cuda:0: h264: ", "cuDevicePrimaryCtxRetain: CUDA_ERROR_OUT_OF_MEMORY")]
    public void The_CPU_goes_on_where_the_card_cannot(string call, int error, int good, string where, string why)
    {
        var path = TestFiles.Video("moving.mp4");
        var expected = ByCpu(path, out _);
        Show(path);
        Fail(call, error, good);
        var seen = OnCard(path, out var refusal, out _);
        Assert.Equal(expected, seen);
        Assert.Contains(where, refusal);
        Assert.Contains(why, refusal);
        Assert.Equal((0, 0), (Live, Decoders));
    }

    [Fact]
    public void What_no_card_decodes_is_said_once_for_each_reason()
    {
        var refusals = new CardRefusals("cuda:0");
        string? Refusal(string path)
        {
            Assert.Equal(ByCpu(path, out _), OnCard(path, out var refusal, out _, refusals));
            return refusal;
        }
        Assert.Equal("the CPU decoded it, not cuda:0: h264: found pictures of yuv420p10le, which libav decodes on no card (told once, of the first such video)", Refusal(TestFiles.Video("tenbit.mkv")));
        Assert.Null(Refusal(TestFiles.Video("tenbit.mkv")));
        Assert.Equal(
            "the CPU decoded it, not cuda:0: mpeg4: found a codec whose pictures a card may round otherwise than a CPU, expected one of h264, hevc, vp8, vp9, av1 (told once, of the first such video)",
            Refusal(SharedVideos.Path("fades.mp4")));
    }

    [Fact]
    public void Frames_of_odd_size_are_the_CPUs()
    {
        var path = SharedVideos.Path("w_641x360.webm");
        var expected = ByCpu(path, out _);
        Show(path);
        Assert.Equal(expected, OnCard(path, out var refusal, out _));
        Assert.Contains("not cuda:0: vp9: found pictures of 641x360, expected even sizes", refusal);
    }

    [Fact]
    public void Damage_that_shows_is_the_CPUs()
    {
        var moving = File.ReadAllBytes(TestFiles.Video("moving.mp4"));
        moving.AsSpan(moving.Length / 2, 2000).Fill(0xFF);
        var path = _folder.Write("spoilt.mp4", moving);
        var expected = ByCpu(path, out var damage);
        Assert.True(damage > 0);
        Show(path);
        Assert.Equal(expected, OnCard(path, out var refusal, out var found));
        Assert.Equal(damage, found);
        Assert.Contains(" on, not cuda:0: h264: ", refusal);
    }

    // Where recordings were joined, a packet is damaged.
    [Theory, InlineData("back.ts"), InlineData("ahead.ts"), InlineData("sizes.ts"), InlineData("grows.ts")]
    public void So_are_recordings_joined_end_to_end(string name)
    {
        var path = TestFiles.Video(name);
        var expected = ByCpu(path, out var damage);
        Show(path);
        Assert.Equal(expected, OnCard(path, out var refusal, out var found));
        Assert.Equal(damage, found);
        Assert.NotNull(refusal);
    }

    [Fact]
    public void A_video_that_breaks_off_does_so_on_a_card()
    {
        var moving = File.ReadAllBytes(TestFiles.Video("moving.mkv"));
        Same(_folder.Write("short.mkv", moving.AsSpan(0, moving.Length / 3)));
    }

    [Fact]
    public void A_card_that_is_lost_costs_no_frame_that_lies_on_it()
    {
        var path = TestFiles.Video("moving.mp4");
        var expected = ByCpu(path, out _);
        Show(path);
        Fail("kernel", IllegalAddress, good: 100);
        try
        {
            Assert.Equal(expected, OnCard(path, out var refusal, out _));
            Assert.Matches("^the CPU decoded it from frame 1[0-9]+ on, not cuda:0: h264: ", refusal);
        }
        finally
        {
            Mend();
        }
    }

    [Fact]
    public void Kernels_that_the_driver_refuses_are_done_by_the_CPU()
    {
        var path = TestFiles.Video("moving.mp4");
        var expected = ByCpu(path, out _);
        Show(path);
        Fail("cuModuleLoadDataEx", 218, good: 0);
        Assert.Equal(expected, OnCard(path, out var refusal, out _));
        Assert.Contains("the CPU looked at some of its frames, not cuda:0: cuModuleLoadDataEx: CUDA_ERROR_INVALID_PTX", refusal);
        Assert.Equal((0, 0), (Live, Decoders));
    }

    [Fact]
    public void Only_small_pictures_come_back_from_the_card()
    {
        var path = TestFiles.Video("turned90.mp4");
        Show(path);
        using var cpu = VideoDecoder.Open(path);
        using var opener = new CardOpener(0, new ThreadOpener(), Held, new("cuda:0"));
        using var header = opener.Open(path, default);
        using var source = header.Decode(1);
        using var scaler = new FrameScaler(source.Info, 32);
        using var expected = new FrameScaler(cpu.Info, 32);
        Fail("cuMemcpy2DAsync_v2", 1, good: 0); // what brings a whole frame
        while (cpu.TryRead(out var wanted))
        {
            Assert.True(source.TryRead(out var frame));
            Assert.Equal(expected.Keep(wanted).Rgb, scaler.Keep(frame).Rgb);
            wanted.Dispose();
            frame.Dispose();
        }
        Assert.Equal(1, Fails("cuMemcpy2DAsync_v2")); // nobody has called it
    }

    private void Same(string path)
    {
        var expected = ByCpu(path, out var damage);
        Show(path);
        var seen = OnCard(path, out var refusal, out var found);
        Assert.Null(refusal);
        Assert.Equal(expected, seen);
        Assert.Equal(damage, found);
        Assert.InRange(MostMapped, Held - 1, 20 + Held);
        Assert.Equal((0, 0), (Live, Decoders));
    }

    private static List<Seen> ByCpu(string path, out int damage)
    {
        using var decoder = VideoDecoder.Open(path, threads: 1);
        var seen = See(decoder);
        damage = decoder.CorruptPackets + decoder.DecodeErrors;
        return seen;
    }

    private static List<Seen> OnCard(string path, out string? refusal, out int damage, CardRefusals? refusals = null)
    {
        using var opener = new CardOpener(0, new ThreadOpener(), Held, refusals ?? new("cuda:0"));
        using var header = opener.Open(path, default);
        using var source = header.Decode(1);
        var seen = See(source);
        (refusal, damage) = (source.CardRefusal, source.CorruptPackets + source.DecodeErrors);
        return seen;
    }

    /// <summary>All that stages see of frames, each of them leased for a while.</summary>
    private static List<Seen> See(IFrameSource source)
    {
        using var scorer = FrameAnalyzers.OnCpu(SplitSettings.Panda70M with { Downscale = Downscale.Width256 }, source.Info.Rotation);
        using var scaler = new FrameScaler(source.Info, shortSide: 32);
        var (seen, held) = (new List<Seen>(), new Queue<DecodedFrame>());
        while (source.TryRead(out var next))
        {
            held.Enqueue(next);
            if (held.Count == Held - 1)
                Look(held.Dequeue());
        }
        while (held.TryDequeue(out var last))
            Look(last);
        return seen;

        void Look(DecodedFrame frame)
        {
            using (frame)
                seen.Add(new(frame.Index, frame.Pts, frame.PixelFormat, frame.IsDamaged, scorer.Score(frame).Content!.Value,
                    Convert.ToHexString(SHA256.HashData(scaler.Keep(frame).Rgb)), HashOf(frame)));
        }
    }

    /// <summary>Lets the card's decoder show what the CPU's makes of a video.</summary>
    private void Show(string path)
    {
        var file = _folder.File("pictures");
        using (var pictures = new BinaryWriter(File.Create(file)))
        using (var decoder = VideoDecoder.Open(path, threads: 1))
            while (decoder.TryRead(out var frame))
                using (frame)
                {
                    var sample = SampleBytes(frame);
                    var shift = frame.PixelFormat == "yuv420p10le" ? 6 : 0; // P010 has them in the upper bits
                    pictures.Write(frame.Width);
                    pictures.Write(frame.Height);
                    pictures.Write(sample);
                    Write(pictures, Plane(frame, 0, sample), sample, shift);
                    byte[] u = Plane(frame, 1, sample), v = Plane(frame, 2, sample), both = new byte[2 * u.Length];
                    for (var i = 0; i < both.Length; i++)
                        both[i] = (i / sample % 2 == 0 ? u : v)[i / (2 * sample) * sample + i % sample];
                    Write(pictures, both, sample, shift);
                }
        fixed (byte* name = Encoding.UTF8.GetBytes(file + '\0'))
            ((delegate* unmanaged<byte*, void>)Export("fake_pictures"))(name);
    }

    private static void Write(BinaryWriter pictures, byte[] plane, int sample, int shift)
    {
        if (sample == 2)
            foreach (ref var value in MemoryMarshal.Cast<byte, ushort>(plane.AsSpan()))
                value <<= shift;
        pictures.Write(plane);
    }

    private static string HashOf(DecodedFrame frame)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var plane = 0; plane < 3; plane++)
            hash.AppendData(Plane(frame, plane, SampleBytes(frame)));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static int SampleBytes(DecodedFrame frame) => frame.PixelFormat.StartsWith("yuv420p1", StringComparison.Ordinal) ? 2 : 1;

    private static byte[] Plane(DecodedFrame frame, int plane, int sample)
    {
        var (width, height) = plane == 0 ? (frame.Width, frame.Height) : ((frame.Width + 1) / 2, (frame.Height + 1) / 2);
        var bytes = frame.Picture.Plane(plane, sample * width, height);
        var rows = new byte[sample * width * height];
        for (var y = 0; y < height; y++)
            bytes.Slice(y * frame.Picture.Stride(plane), sample * width).CopyTo(rows.AsSpan(y * sample * width));
        return rows;
    }

    private static int Live => ((delegate* unmanaged<int>)Export("fake_live"))();

    private static int Decoders => ((delegate* unmanaged<int>)Export("fake_decoders"))();

    private static int MostMapped => ((delegate* unmanaged<int>)Export("fake_most_mapped"))();

    private static void Mend() => ((delegate* unmanaged<void>)Export("fake_mend"))();

    private static void Fail(string call, int error, int good)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(call + '\0'))
            ((delegate* unmanaged<byte*, int, int, void>)Export("fake_fail"))(name, good, error);
    }

    private static int Fails(string call)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(call + '\0'))
            return ((delegate* unmanaged<byte*, int>)Export("fake_fails"))(name);
    }

    private static void* Export(string name) => (void*)NativeLibrary.GetExport(Driver, name);
}
