using System.Buffers;

namespace Panda.Stream.Models.Pictures;

/// <summary>Resizes RGB24 pictures of one size to a model's size: columns first, then rows, rounded to bytes between, as PIL does.</summary>
internal sealed class PictureScaler
{
    private readonly int _sourceWidth;
    private readonly ResampleAxis _across, _down;

    internal PictureScaler(int width, int height, PictureCard card)
    {
        var (w, h) = (card.Size[0], card.Size[1]);
        _sourceWidth = width;
        if (card.Resize == PictureResize.Squash)
        {
            _across = new ResampleAxis(width, w, 0, w, card.Filter);
            _down = new ResampleAxis(height, h, 0, h, card.Filter);
            return;
        }
        var wide = (long)w * height <= (long)h * width;
        var fullWidth = wide ? (int)((long)h * width / height) : w;
        var fullHeight = wide ? h : (int)((long)w * height / width);
        _across = new ResampleAxis(width, fullWidth, Margin(fullWidth, w), w, card.Filter);
        _down = new ResampleAxis(height, fullHeight, Margin(fullHeight, h), h, card.Filter);
    }

    internal ResampleAxis Across => _across;

    internal ResampleAxis Down => _down;

    /// <param name="source">3 bytes a pixel, rows without padding.</param>
    /// <param name="target">The same at the model's size.</param>
    internal void Resize(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int first = _down.First, rows = _down.End - first, row = 3 * _across.Length;
        var narrow = ArrayPool<byte>.Shared.Rent(rows * row);
        for (var y = 0; y < rows; y++)
        {
            var line = source.Slice((first + y) * 3 * _sourceWidth, 3 * _sourceWidth);
            for (var x = 0; x < _across.Length; x++)
                for (var c = 0; c < 3; c++)
                    narrow[y * row + 3 * x + c] = _across.Pixel(line[c..], 3, 0, x);
        }
        for (var y = 0; y < _down.Length; y++)
            for (var i = 0; i < row; i++)
                target[y * row + i] = _down.Pixel(narrow.AsSpan(i), row, first, y);
        ArrayPool<byte>.Shared.Return(narrow);
    }

    // Half to even, as Python's round.
    private static int Margin(int full, int wanted) => (int)Math.Round((full - wanted) / 2.0, MidpointRounding.ToEven);
}
