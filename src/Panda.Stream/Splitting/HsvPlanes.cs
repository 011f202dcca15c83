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

    public void Take(int row, BgrRow top, BgrRow bottom, int topWeight, int bottomWeight) =>
        Distance += _kernels.Compare(top, bottom, topWeight, bottomWeight, Row(row));
}
