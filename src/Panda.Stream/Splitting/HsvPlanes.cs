namespace Panda.Stream.Splitting;

/// <summary>A small picture in OpenCV's 8-bit HSV, as <see cref="RowKernels"/> holds it; the rows of the next one take its place.</summary>
internal sealed class HsvPlanes : IRowSink
{
    private readonly RowKernels _kernels;
    private readonly int _length;
    private readonly short[] _hue, _valueAndSaturation, _inside;

    public HsvPlanes(int width, int height, RowKernels kernels)
    {
        (_kernels, _length) = (kernels, RowKernels.RowLength(width));
        (_hue, _valueAndSaturation, _inside) = (new short[_length * height], new short[_length * height], new short[_length]);
        _inside.AsSpan(0, width).Fill(-1);
    }

    /// <summary>How far the rows taken are from those in whose place they came.</summary>
    public HsvDistance Distance { get; set; }

    public HsvRow Row(int row) => new(_hue.AsSpan(row * _length, _length), _valueAndSaturation.AsSpan(row * _length, _length), _inside);

    /// <param name="pixels">Row after row: hue | saturation &lt;&lt; 8 | value &lt;&lt; 16.</param>
    public void Fill(ReadOnlySpan<uint> pixels, int width)
    {
        for (var i = 0; i < pixels.Length; i++)
        {
            var at = i / width * _length + i % width;
            _hue[at] = (byte)pixels[i];
            _valueAndSaturation[at] = (short)(pixels[i] >> 16 | (pixels[i] & 0xFF00));
        }
    }

    public void Take(int row, BgrRow top, BgrRow bottom, int topWeight, int bottomWeight) =>
        Distance += _kernels.Compare(top, bottom, topWeight, bottomWeight, Row(row));
}
