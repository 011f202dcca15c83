using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Videos;

public sealed class FrameScalerTests
{
    private const int Near = 6;

    // Red and green above, blue and white below, in every coding of them.
    [Theory]
    [InlineData("quarters.mp4", 32, 48, 32)]
    [InlineData("bt709.mp4", 32, 48, 32)]
    [InlineData("fullrange.mp4", 32, 48, 32)]
    [InlineData("tenbit.mkv", 32, 48, 32)]
    [InlineData("wide.mp4", 32, 96, 32)]
    [InlineData("quarters.mp4", 100, 150, 100)]
    [InlineData("quarters.mp4", 17, 26, 17)]
    public void Colours_and_shape_are_as_a_player_shows_them(string name, int shortSide, int width, int height)
    {
        var kept = FirstFrame(name, shortSide);
        Assert.Equal((0, 0L, width, height), (kept.Index, kept.Pts, kept.Width, kept.Height));
        Assert.Equal(3 * width * height, kept.Rgb.Length);
        AssertQuarters(kept, "red", "green", "blue", "white");
    }

    [Theory]
    [InlineData("turned90.mp4", 32, 48, "blue", "red", "white", "green")]
    [InlineData("turned180.mp4", 48, 32, "white", "blue", "green", "red")]
    [InlineData("turned270.mp4", 32, 48, "green", "white", "red", "blue")]
    public void Turned_videos_come_out_upright(string name, int width, int height, string topLeft, string topRight, string bottomLeft, string bottomRight)
    {
        var kept = FirstFrame(name, 32);
        Assert.Equal((width, height), (kept.Width, kept.Height));
        AssertQuarters(kept, topLeft, topRight, bottomLeft, bottomRight);
    }

    [Fact]
    public void A_change_of_size_in_mid_stream_is_followed()
    {
        using var decoder = VideoDecoder.Open(TestFiles.Video("sizes.ts"));
        using var scaler = new FrameScaler(decoder.Info, 24);
        var sizes = new List<(int, int)>();
        while (decoder.TryRead(out var frame))
            using (frame)
                sizes.Add((scaler.Keep(frame).Width, scaler.Keep(frame).Height));
        Assert.Equal([.. Enumerable.Repeat((36, 24), 6), .. Enumerable.Repeat((32, 24), 6)], sizes);
    }

    [Fact]
    public void Full_size_BGR_is_BT601_with_the_nearest_chroma_bit_for_bit()
    {
        using var decoder = VideoDecoder.Open(TestFiles.Video("moving.mp4"));
        using var converter = new BgrConverter();
        var bgr = new byte[3 * 128 * 96];
        for (var index = 0; decoder.TryRead(out var frame); index++)
        {
            using (frame)
            {
                if (index % 50 != 0)
                    continue;
                converter.Convert(frame, bgr);
                Assert.True(frame.TryGetYuv420(out var planes));
                Assert.Equal(Bt601(planes), bgr);
            }
        }
    }

    [Fact]
    public void Any_format_becomes_BGR_and_allocates_nothing_once_warm()
    {
        using var decoder = VideoDecoder.Open(TestFiles.Video("tenbit.mkv"));
        using var converter = new BgrConverter();
        var bgr = new byte[3 * 96 * 64];
        var allocations = new Allocations();
        for (var index = 0; decoder.TryRead(out var frame); index++)
        {
            if (index == 2)
                allocations = new Allocations();
            using (frame)
                converter.Convert(frame, bgr);
        }
        Assert.InRange(allocations.Bytes, 0, 100 + allocations.Slack); // The end's record.
        Assert.InRange(bgr[0], 0, Near);
        Assert.InRange(bgr[2], 255 - Near, 255);
    }

    [Fact]
    public void A_buffer_of_the_wrong_size_is_refused()
    {
        using var decoder = VideoDecoder.Open(TestFiles.Video("quarters.mp4"));
        Assert.True(decoder.TryRead(out var frame));
        using (frame)
        using (var converter = new BgrConverter())
            Assert.Throws<ArgumentException>(() => converter.Convert(frame, new byte[10]));
    }

    private static KeptFrame FirstFrame(string name, int shortSide)
    {
        using var decoder = VideoDecoder.Open(TestFiles.Video(name));
        using var scaler = new FrameScaler(decoder.Info, shortSide);
        Assert.True(decoder.TryRead(out var frame));
        using (frame)
            return scaler.Keep(frame);
    }

    private static void AssertQuarters(KeptFrame frame, params string[] expected)
    {
        (int X, int Y)[] centres = [(1, 1), (3, 1), (1, 3), (3, 3)];
        Assert.Equal(expected, centres.Select(centre => ColourAt(frame, centre.X * frame.Width / 4, centre.Y * frame.Height / 4)));
    }

    private static string ColourAt(KeptFrame frame, int x, int y)
    {
        var pixel = frame.Rgb.AsSpan(3 * (y * frame.Width + x), 3).ToArray();
        var high = pixel.Select(value => value >= 255 - Near ? '1' : value <= Near ? '0' : '?').ToArray();
        return new string(high) switch
        {
            "100" => "red", "010" => "green", "001" => "blue", "111" => "white", _ => $"({string.Join(' ', pixel)})",
        };
    }

    /// <summary>swscale's unscaled conversion of limited-range 4:2:0, in its integers.</summary>
    private static byte[] Bt601(Yuv420Planes planes)
    {
        var bgr = new byte[3 * planes.Width * planes.Height];
        for (var row = 0; row < planes.Height; row++)
        {
            for (var column = 0; column < planes.Width; column++)
            {
                var y = (((planes.Y[row * planes.StrideY + column] - 16) << 3) * 9539) >> 16;
                var u = (planes.U[row / 2 * planes.StrideU + column / 2] - 128) << 3;
                var v = (planes.V[row / 2 * planes.StrideV + column / 2] - 128) << 3;
                var at = 3 * (row * planes.Width + column);
                bgr[at] = Clamp(y + ((u * 16525) >> 16));
                bgr[at + 1] = Clamp(y + ((u * -3209) >> 16) + ((v * -6660) >> 16));
                bgr[at + 2] = Clamp(y + ((v * 13075) >> 16));
            }
        }
        return bgr;

        static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);
    }
}
