namespace Panda.Stream.Splitting;

/// <summary>The small picture in OpenCV's 8-bit HSV that the next frame is compared with, as <see cref="RowKernels"/> holds it.</summary>
internal sealed class HsvPlanes
{
    private readonly int _length;
    private readonly short[] _hue, _valueAndSaturation, _inside;

    public HsvPlanes(int width, int height)
    {
        _length = RowKernels.RowLength(width);
        (_hue, _valueAndSaturation, _inside) = (new short[_length * height], new short[_length * height], new short[_length]);
        _inside.AsSpan(0, width).Fill(-1);
    }

    public HsvRow Row(int row) => new(_hue.AsSpan(row * _length, _length), _valueAndSaturation.AsSpan(row * _length, _length), _inside);
}
