namespace Panda.Stream.Kernels;

/// <summary>YUV to RGB in integers of swscale's scale: of samples less <see cref="Black"/> or 128, times 8; each product is shifted right by 16.</summary>
internal readonly record struct YuvCoefficients(int Black, int Scale, int RedFromV, int GreenFromU, int GreenFromV, int BlueFromU)
{
    /// <summary>For standard definition, and for shots whatever the tags say.</summary>
    public static YuvCoefficients Bt601(bool fullRange) => Of(0.299, 0.114, fullRange);

    public static YuvCoefficients Bt709(bool fullRange) => Of(0.2126, 0.0722, fullRange);

    private static YuvCoefficients Of(double red, double blue, bool fullRange)
    {
        var green = 1 - red - blue;
        var (luma, chroma) = fullRange ? (8192.0, 8192.0) : (8192 * 255 / 219.0, 8192 * 255 / 224.0);
        return new(
            fullRange ? 0 : 16,
            (int)Math.Round(luma),
            (int)Math.Round(2 * (1 - red) * chroma),
            (int)Math.Round(-2 * (1 - blue) * blue / green * chroma),
            (int)Math.Round(-2 * (1 - red) * red / green * chroma),
            (int)Math.Round(2 * (1 - blue) * chroma));
    }
}
