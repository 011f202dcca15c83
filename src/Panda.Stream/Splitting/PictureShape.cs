namespace Panda.Stream.Splitting;

/// <summary>All that decides which bytes of a picture the score reads.</summary>
/// <param name="Width">Width as stored.</param>
/// <param name="Height">Height as stored.</param>
/// <param name="Stride">Bytes from row to row, of luma or of packed pixels.</param>
/// <param name="ChromaStride">Bytes from row to row of chroma; 0 for packed pixels.</param>
/// <param name="Rotation">Degrees clockwise to upright: 0, 90, 180 or 270.</param>
/// <param name="PixelBytes">Bytes from pixel to pixel: 1 for luma, 3 for packed.</param>
/// <param name="ChromaBytes">Bytes from sample to sample of one chroma: 1 for planes, 2 where they take turns (NV12).</param>
internal readonly record struct PictureShape(int Width, int Height, int Stride, int ChromaStride, int Rotation, int PixelBytes, int ChromaBytes = 1)
{
    private bool Lies => Rotation is 90 or 270;

    public int UprightWidth => Lies ? Height : Width;

    public int UprightHeight => Lies ? Width : Height;

    /// <summary>Where the upright column starts: the sum with a row's offset is the pixel's place in its plane.</summary>
    public (int Luma, int Chroma) ColumnOffset(int x) => Rotation switch
    {
        0 => AlongRow(x),
        90 => AlongColumn(Height - 1 - x),
        180 => AlongRow(Width - 1 - x),
        _ => AlongColumn(x),
    };

    /// <summary>Where the upright row starts.</summary>
    public (int Luma, int Chroma) RowOffset(int y) => Rotation switch
    {
        0 => AlongColumn(y),
        90 => AlongRow(y),
        180 => AlongColumn(Height - 1 - y),
        _ => AlongRow(Width - 1 - y),
    };

    private (int Luma, int Chroma) AlongRow(int column) => (column * PixelBytes, (column >> 1) * ChromaBytes);

    private (int Luma, int Chroma) AlongColumn(int row) => (row * Stride, (row >> 1) * ChromaStride);
}
