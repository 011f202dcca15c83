namespace Panda.Stream.Splitting;

/// <summary>The small picture in OpenCV's 8-bit HSV, one plane a channel, that the next frame is compared with.</summary>
internal sealed class HsvPlanes(int width, int height)
{
    private static readonly int[] SaturationDivisor = Divisors(255 << 12, 1);
    private static readonly int[] HueDivisor = Divisors(180 << 12, 6);

    private readonly byte[] _hue = new byte[width * height];
    private readonly byte[] _saturation = new byte[width * height];
    private readonly byte[] _value = new byte[width * height];

    /// <summary>Takes in one row of the next picture; returns how far it is from the row it replaces.</summary>
    public (int Hue, int Saturation, int Value) Replace(int row, ReadOnlySpan<byte> blue, ReadOnlySpan<byte> green, ReadOnlySpan<byte> red)
    {
        var hues = _hue.AsSpan(row * width, width);
        var saturations = _saturation.AsSpan(row * width, width);
        var values = _value.AsSpan(row * width, width);
        blue = blue[..width];
        green = green[..width];
        red = red[..width];
        var (hueSum, saturationSum, valueSum) = (0, 0, 0);
        for (var x = 0; x < width; x++)
        {
            int b = blue[x], g = green[x], r = red[x];
            var value = Math.Max(b, Math.Max(g, r));
            var range = value - Math.Min(b, Math.Min(g, r));
            var saturation = (range * SaturationDivisor[value] + (1 << 11)) >> 12;
            var turn = value == r ? g - b : value == g ? b - r + 2 * range : r - g + 4 * range;
            var hue = (turn * HueDivisor[range] + (1 << 11)) >> 12;
            if (hue < 0)
                hue += 180;

            hueSum += Math.Abs(hue - hues[x]);
            saturationSum += Math.Abs(saturation - saturations[x]);
            valueSum += Math.Abs(value - values[x]);
            hues[x] = (byte)hue;
            saturations[x] = (byte)saturation;
            values[x] = (byte)value;
        }
        return (hueSum, saturationSum, valueSum);
    }

    private static int[] Divisors(int numerator, int factor)
    {
        var table = new int[256];
        for (var i = 1; i < table.Length; i++)
            table[i] = (int)Math.Round(numerator / (double)(factor * i), MidpointRounding.ToEven);
        return table;
    }
}
