namespace Panda.Stream.Splitting;

/// <summary>A view of a decoded 8-bit YUV 4:2:0 picture; nothing is copied or owned.</summary>
/// <param name="y">Luma, <paramref name="height"/> rows.</param>
/// <param name="u">Chroma blue, half the rows.</param>
/// <param name="v">Chroma red, half the rows.</param>
/// <param name="lumaStride">Bytes from one luma row to the next.</param>
/// <param name="chromaStride">Bytes from one row to the next in both chroma planes.</param>
/// <param name="width">Width as stored, in pixels.</param>
/// <param name="height">Height as stored, in pixels.</param>
/// <param name="fullRange">Whether luma spans 0..255 (JPEG) rather than 16..235.</param>
/// <param name="quarterTurns">Clockwise quarter turns that make the stored picture upright.</param>
public readonly ref struct Yuv420Picture(
    ReadOnlySpan<byte> y, ReadOnlySpan<byte> u, ReadOnlySpan<byte> v, int lumaStride, int chromaStride,
    int width, int height, bool fullRange = false, int quarterTurns = 0)
{
    public ReadOnlySpan<byte> Y { get; } = y;
    public ReadOnlySpan<byte> U { get; } = u;
    public ReadOnlySpan<byte> V { get; } = v;
    public bool FullRange { get; } = fullRange;
    public PictureShape Shape { get; } = new(width, height, lumaStride, chromaStride, quarterTurns & 3, 1);
}

/// <summary>A view of a packed picture, 3 bytes a pixel in the order blue, green, red; nothing is copied or owned.</summary>
/// <param name="pixels">All rows.</param>
/// <param name="stride">Bytes from one row to the next.</param>
/// <param name="width">Width as stored, in pixels.</param>
/// <param name="height">Height as stored, in pixels.</param>
/// <param name="quarterTurns">Clockwise quarter turns that make the stored picture upright.</param>
public readonly ref struct Bgr24Picture(ReadOnlySpan<byte> pixels, int stride, int width, int height, int quarterTurns = 0)
{
    public ReadOnlySpan<byte> Pixels { get; } = pixels;
    public PictureShape Shape { get; } = new(width, height, stride, 0, quarterTurns & 3, 3);
}

/// <summary>All that decides which bytes of a picture the score reads.</summary>
/// <param name="Width">Width as stored.</param>
/// <param name="Height">Height as stored.</param>
/// <param name="Stride">Bytes from row to row, of luma or of packed pixels.</param>
/// <param name="ChromaStride">Bytes from row to row of chroma; 0 for packed pixels.</param>
/// <param name="QuarterTurns">0..3, clockwise, to upright.</param>
/// <param name="PixelBytes">Bytes from pixel to pixel: 1 for luma, 3 for packed.</param>
public readonly record struct PictureShape(int Width, int Height, int Stride, int ChromaStride, int QuarterTurns, int PixelBytes)
{
    private bool Lies => (QuarterTurns & 1) != 0;

    public int UprightWidth => Lies ? Height : Width;

    public int UprightHeight => Lies ? Width : Height;

    /// <summary>Where the upright column starts: the sum with a row's offset is the pixel's place in its plane.</summary>
    public (int Luma, int Chroma) ColumnOffset(int x) => QuarterTurns switch
    {
        0 => AlongRow(x),
        1 => AlongColumn(Height - 1 - x),
        2 => AlongRow(Width - 1 - x),
        _ => AlongColumn(x),
    };

    /// <summary>Where the upright row starts.</summary>
    public (int Luma, int Chroma) RowOffset(int y) => QuarterTurns switch
    {
        0 => AlongColumn(y),
        1 => AlongRow(y),
        2 => AlongColumn(Height - 1 - y),
        _ => AlongRow(Width - 1 - y),
    };

    private (int Luma, int Chroma) AlongRow(int column) => (column * PixelBytes, column >> 1);

    private (int Luma, int Chroma) AlongColumn(int row) => (row * Stride, (row >> 1) * ChromaStride);
}
