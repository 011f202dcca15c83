using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Tests.Support;
using Panda.Stream.Vectors;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Videos;

/// <summary>Small frames from 4:2:0 planes against the mean of the area under each pixel, in doubles.</summary>
public class AreaScalerTests
{
    // Weights along a column have 8 bits, and noise, which no picture is, feels that most.
    private const double Most = 2, Mean = 0.35;

    private static readonly SourceColors Bt709 = new(LibavConstants.AVCOL_SPC_BT709, false);
    private static readonly SourceColors FullBt601 = new(LibavConstants.AVCOL_SPC_SMPTE170M, true);

    [Theory]
    [InlineData(640, 360, 171, 96)]
    [InlineData(1280, 720, 171, 96)]
    [InlineData(1920, 1080, 171, 96)]
    [InlineData(641, 361, 171, 96)]
    [InlineData(64, 480, 32, 240)]
    [InlineData(1000, 64, 500, 32)]
    [InlineData(700, 500, 3, 2)]
    public void Every_pixel_is_the_mean_of_its_area_in_every_width_of_vector(int fromWidth, int fromHeight, int width, int height)
    {
        var random = new Random(fromWidth);
        foreach (var colors in new[] { Bt709, FullBt601 })
        {
            var planes = Noise(random, fromWidth, fromHeight, out var y, out var u, out var v);
            byte[]? first = null;
            foreach (var bits in VectorBits.All)
            {
                var rgb = new byte[3 * width * height];
                new AreaScaler(fromWidth, fromHeight, width, height, bits).Scale(planes, colors, rgb);
                Assert.Equal(first ??= rgb, rgb);
            }
            var errors = Expected(fromWidth, fromHeight, width, height, colors, y, u, v).Zip(first!, (expected, found) => Math.Abs(expected - found)).ToList();
            Assert.InRange(errors.Max(), 0, Most);
            Assert.InRange(errors.Average(), 0, Mean);
        }
    }

    [Fact]
    public void A_real_picture_looks_as_swscale_makes_it()
    {
        using var decoder = VideoDecoder.Open(SharedVideos.Path("real_640.mp4"));
        using var converter = new PictureConverter();
        var scaler = new AreaScaler(640, 360, 171, 96);
        var rgb = new byte[3 * 171 * 96];
        var (sum, pixels) = (0.0, 0);
        for (var index = 0; index < 600 && decoder.TryRead(out var frame); index++)
        {
            using (frame)
            {
                if (index % 60 != 0)
                    continue;
                Assert.True(frame.TryGetYuv420(out var planes));
                scaler.Scale(planes, Bt709, rgb);
                var rows = converter.Convert(frame.Picture, 171, 96, LibavConstants.AV_PIX_FMT_RGB24, LibavConstants.SWS_AREA, Bt709, out var stride);
                for (var i = 0; i < rgb.Length; i++, pixels++)
                    sum += Math.Abs(rgb[i] - rows[i / (3 * 171) * stride + i % (3 * 171)]);
            }
        }
        Assert.InRange(sum / pixels, 0, 1.5);
    }

    private static Yuv420Planes Noise(Random random, int width, int height, out byte[] y, out byte[] u, out byte[] v)
    {
        var (chromaWidth, chromaHeight) = ((width + 1) / 2, (height + 1) / 2);
        (y, u, v) = (new byte[width * height], new byte[chromaWidth * chromaHeight], new byte[chromaWidth * chromaHeight]);
        random.NextBytes(y);
        random.NextBytes(u);
        random.NextBytes(v);
        return new() { Width = width, Height = height, Y = y, U = u, V = v, StrideY = width, StrideU = chromaWidth, StrideV = chromaWidth };
    }

    private static IEnumerable<double> Expected(int fromWidth, int fromHeight, int width, int height, SourceColors colors, byte[] y, byte[] u, byte[] v)
    {
        var (ys, us, vs) = (Areas(y, fromWidth, fromHeight, width, height), Areas(u, (fromWidth + 1) / 2, (fromHeight + 1) / 2, width, height), Areas(v, (fromWidth + 1) / 2, (fromHeight + 1) / 2, width, height));
        var (red, blue) = colors == Bt709 ? (0.2126, 0.0722) : (0.299, 0.114);
        for (var i = 0; i < ys.Length; i++)
        {
            var luma = colors.FullRange ? ys[i] : (ys[i] - 16) * 255 / 219;
            var (cb, cr) = colors.FullRange ? (us[i] - 128, vs[i] - 128) : ((us[i] - 128) * 255 / 224, (vs[i] - 128) * 255 / 224);
            yield return Math.Clamp(luma + 2 * (1 - red) * cr, 0, 255);
            yield return Math.Clamp(luma - (2 * blue * (1 - blue) * cb + 2 * red * (1 - red) * cr) / (1 - red - blue), 0, 255);
            yield return Math.Clamp(luma + 2 * (1 - blue) * cb, 0, 255);
        }
    }

    private static double[] Areas(byte[] plane, int fromWidth, int fromHeight, int width, int height)
    {
        var (scaleX, scaleY) = (fromWidth / (double)width, fromHeight / (double)height);
        var means = new double[width * height];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                for (var row = (int)(y * scaleY); row < fromHeight && row < (y + 1) * scaleY; row++)
                    for (var column = (int)(x * scaleX); column < fromWidth && column < (x + 1) * scaleX; column++)
                        means[y * width + x] += plane[row * fromWidth + column] * Covered(row, y, scaleY) * Covered(column, x, scaleX);
        return means;

        static double Covered(int at, int target, double scale) =>
            Math.Max(0, Math.Min(at + 1, (target + 1) * scale) - Math.Max(at, target * scale)) / scale;
    }
}
