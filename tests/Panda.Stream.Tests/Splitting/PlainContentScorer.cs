using Panda.Stream.Splitting;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Splitting;

/// <summary>
/// The content score as plainly as it can be said, one pixel after the other over whole pictures: the specification that the
/// product's vector code must equal bit for bit. Swscale's YUV to BGR, OpenCV's bilinear resize and 8-bit HSV, ContentDetector's sums.
/// </summary>
public sealed class PlainContentScorer(Downscale downscale, int rotation)
{
    private (int Hue, int Saturation, int Value)[]? _previous;
    private (int Width, int Height) _size;
    private int _frame;

    public ContentScore Score(in Yuv420Planes picture) => Score(ToBgr(picture));

    public ContentScore Score(ReadOnlySpan<byte> bgr, int width, int height)
    {
        var picture = new Picture(width, height);
        for (var i = 0; i < picture.Pixels.Length; i++)
            picture.Pixels[i] = (bgr[3 * i], bgr[3 * i + 1], bgr[3 * i + 2]);
        return Score(picture);
    }

    private ContentScore Score(Picture picture)
    {
        var upright = Turn(picture, rotation);
        if (_frame == 0)
            _size = downscale.SmallSize(upright.Width, upright.Height);
        var hsv = Array.ConvertAll(Resize(upright, _size.Width, _size.Height).Pixels, ToHsv);
        var (hue, saturation, value) = (0L, 0L, 0L);
        foreach (var (now, before) in hsv.Zip(_previous ?? hsv))
        {
            hue += Math.Abs(now.Hue - before.Hue);
            saturation += Math.Abs(now.Saturation - before.Saturation);
            value += Math.Abs(now.Value - before.Value);
        }
        _previous = hsv;
        double pixels = hsv.Length;
        return new(_frame++, (hue / pixels + saturation / pixels + value / pixels) / 3.0, hue, saturation, value, hsv.Length);
    }

    internal static Picture ToBgr(in Yuv420Planes picture)
    {
        var bgr = new Picture(picture.Width, picture.Height);
        for (var row = 0; row < picture.Height; row++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                bgr[x, row] = ToBgr(
                    picture.Y[row * picture.StrideY + x], picture.U[row / 2 * picture.StrideU + x / 2], picture.V[row / 2 * picture.StrideV + x / 2], picture.FullRangeFormat);
            }
        }
        return bgr;
    }

    internal static (int B, int G, int R) ToBgr(int y, int u, int v, bool fullRange)
    {
        (u, v) = ((u - 128) << 3, (v - 128) << 3);
        return fullRange
            ? Sum(y, u * 14516 >> 16, (u * -2819 >> 16) + (v * -5850 >> 16), v * 11485 >> 16)
            : Sum(((y - 16) << 3) * 9539 >> 16, u * 16525 >> 16, (u * -3209 >> 16) + (v * -6660 >> 16), v * 13075 >> 16);

        static (int, int, int) Sum(int luma, int blue, int green, int red) =>
            (Math.Clamp(luma + blue, 0, 255), Math.Clamp(luma + green, 0, 255), Math.Clamp(luma + red, 0, 255));
    }

    private static Picture Turn(Picture from, int degrees)
    {
        var turned = degrees is 90 or 270 ? new Picture(from.Height, from.Width) : new Picture(from.Width, from.Height);
        for (var y = 0; y < turned.Height; y++)
        {
            for (var x = 0; x < turned.Width; x++)
            {
                turned[x, y] = degrees switch
                {
                    0 => from[x, y],
                    90 => from[y, from.Height - 1 - x],
                    180 => from[from.Width - 1 - x, from.Height - 1 - y],
                    _ => from[from.Width - 1 - y, x],
                };
            }
        }
        return turned;
    }

    internal static Picture Resize(Picture from, int width, int height)
    {
        if ((width, height) == (from.Width, from.Height))
            return from;
        var to = new Picture(width, height);
        var halves = (2 * width, 2 * height) == (from.Width, from.Height);
        for (var y = 0; y < height; y++)
        {
            var (top, bottom, w0, w1) = Taps(y, from.Height, height, clampWeights: false);
            for (var x = 0; x < width; x++)
            {
                var (left, right, h0, h1) = Taps(x, from.Width, width, clampWeights: true);
                var (a, b, c, d) = (from[left, top], from[right, top], from[left, bottom], from[right, bottom]);
                to[x, y] = (Blend(a.B, b.B, c.B, d.B), Blend(a.G, b.G, c.G, d.G), Blend(a.R, b.R, c.R, d.R));

                int Blend(int a, int b, int c, int d) => halves
                    ? (a + b + c + d + 2) >> 2
                    : ((w0 * ((a * h0 + b * h1) >> 4) >> 16) + (w1 * ((c * h0 + d * h1) >> 4) >> 16) + 2) >> 2;
            }
        }
        return to;
    }

    private static (int First, int Second, int FirstWeight, int SecondWeight) Taps(int at, int source, int target, bool clampWeights)
    {
        var scale = 1.0 / ((double)target / source);
        var fraction = (float)((at + 0.5) * scale - 0.5);
        var first = (int)MathF.Floor(fraction);
        fraction -= first;
        if (clampWeights && (first < 0 || first >= source - 1))
            fraction = 0;
        return (Math.Clamp(first, 0, source - 1), Math.Clamp(first + 1, 0, source - 1),
            (int)MathF.Round((1f - fraction) * 2048f), (int)MathF.Round(fraction * 2048f));
    }

    internal static (int Hue, int Saturation, int Value) ToHsv((int B, int G, int R) pixel)
    {
        var (b, g, r) = pixel;
        var value = Math.Max(b, Math.Max(g, r));
        var range = value - Math.Min(b, Math.Min(g, r));
        var saturation = (range * Quotient(255 << 12, value) + (1 << 11)) >> 12;
        var turn = value == r ? g - b : value == g ? b - r + 2 * range : r - g + 4 * range;
        var hue = (turn * Quotient(180 << 12, 6 * range) + (1 << 11)) >> 12;
        return (hue < 0 ? hue + 180 : hue, saturation, value);

        static int Quotient(int numerator, int divisor) => divisor == 0 ? 0 : (int)Math.Round(numerator / (double)divisor);
    }

    internal sealed class Picture(int width, int height)
    {
        public int Width => width;
        public int Height => height;
        public (int B, int G, int R)[] Pixels { get; } = new (int, int, int)[width * height];
        public (int B, int G, int R) this[int x, int y] { get => Pixels[y * width + x]; set => Pixels[y * width + x] = value; }
    }
}
