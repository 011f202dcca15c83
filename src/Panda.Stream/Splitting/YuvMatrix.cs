namespace Panda.Stream.Splitting;

/// <summary>BT.601 in swscale's own integers, which is what reaches PySceneDetect whatever the video's tags say.</summary>
/// <remarks>Of samples less <see cref="Black"/> or 128, times 8; each product is shifted right by 16 before the sum.</remarks>
internal sealed record YuvMatrix(short Black, short Scale, short RedFromV, short GreenFromU, short GreenFromV, short BlueFromU)
{
    private static readonly YuvMatrix Full = new(0, 8192, 11485, -2819, -5850, 14516);
    private static readonly YuvMatrix Limited = new(16, 9539, 13075, -3209, -6660, 16525);

    public static YuvMatrix Of(bool fullRange) => fullRange ? Full : Limited;
}
