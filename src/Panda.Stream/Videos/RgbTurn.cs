namespace Panda.Stream.Videos;

/// <summary>Turns packed 24-bit pictures by quarters.</summary>
internal static class RgbTurn
{
    /// <summary>Copies width x height pixels, turned clockwise by 0, 90, 180 or 270 degrees, into rows without padding.</summary>
    internal static void Copy(ReadOnlySpan<byte> source, int stride, int width, int height, int degrees, Span<byte> destination)
    {
        if (destination.Length != 3 * width * height)
            throw new ArgumentException($"found {destination.Length} bytes, expected 3 * {width} * {height}.", nameof(destination));
        if (degrees == 0)
        {
            for (var y = 0; y < height; y++)
                source.Slice(y * stride, 3 * width).CopyTo(destination[(3 * width * y)..]);
            return;
        }
        var (first, alongX, alongY) = Places(width, height, degrees);
        for (var y = 0; y < height; y++)
        {
            var row = source.Slice(y * stride, 3 * width);
            for (var x = 0; x < width; x++)
                row.Slice(3 * x, 3).CopyTo(destination[(3 * (first + x * alongX + y * alongY))..]);
        }
    }

    /// <summary>Where the first of width x height pixels lands when they are turned clockwise, and how far the place moves with a step in x and in y.</summary>
    internal static (int First, int AlongX, int AlongY) Places(int width, int height, int degrees) => degrees switch
    {
        0 => (0, 1, width),
        90 => (height - 1, height, -1),
        180 => (width * height - 1, -1, -width),
        270 => (height * (width - 1), -height, 1),
        _ => throw new ArgumentOutOfRangeException(nameof(degrees), degrees, "expected 0, 90, 180 or 270."),
    };
}
