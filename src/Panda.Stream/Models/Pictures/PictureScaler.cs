using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Panda.Stream.Models.Pictures;

/// <summary>Resizes RGB24 pictures of one size to a model's size: columns first, then rows, rounded to bytes between, as PIL does.</summary>
internal sealed class PictureScaler
{
    private const int Half = 1 << (ResampleAxis.Bits - 1);

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
        // A pixel is a vector of red, green, blue and nothing.
        int first = _down.First, rows = _down.End - first, width = _across.Length;
        var line = ArrayPool<Vector128<int>>.Shared.Rent(Math.Max(_sourceWidth, width));
        var narrow = ArrayPool<Vector128<int>>.Shared.Rent(rows * width);
        for (var y = 0; y < rows; y++)
        {
            Read(source.Slice((first + y) * 3 * _sourceWidth, 3 * _sourceWidth), line);
            Narrow(line, narrow.AsSpan(y * width, width));
        }
        for (var y = 0; y < _down.Length; y++)
        {
            var sums = line.AsSpan(0, width);
            sums.Fill(Vector128.Create(Half));
            for (var (k, row) = (0, _down.Start(y) - first); k < _down.Weights(y).Length; k++, row++)
                TensorPrimitives.MultiplyAdd(MemoryMarshal.Cast<Vector128<int>, int>(narrow.AsSpan(row * width, width)), _down.Weights(y)[k],
                    MemoryMarshal.Cast<Vector128<int>, int>(sums), MemoryMarshal.Cast<Vector128<int>, int>(sums));
            Write(sums, target.Slice(y * 3 * width, 3 * width));
        }
        ArrayPool<Vector128<int>>.Shared.Return(line);
        ArrayPool<Vector128<int>>.Shared.Return(narrow);
    }

    private void Read(ReadOnlySpan<byte> source, Vector128<int>[] line)
    {
        for (var x = _across.First; x < _across.End; x++)
            line[x] = Vector128.Create(source[3 * x], source[3 * x + 1], source[3 * x + 2], 0);
    }

    private void Narrow(Vector128<int>[] line, Span<Vector128<int>> narrow)
    {
        for (var x = 0; x < narrow.Length; x++)
        {
            var weights = _across.Weights(x);
            var taps = line.AsSpan(_across.Start(x), weights.Length);
            var sum = Vector128.Create(Half);
            for (var k = 0; k < weights.Length; k++)
                sum += taps[k] * weights[k];
            narrow[x] = ToByte(sum);
        }
    }

    private static void Write(ReadOnlySpan<Vector128<int>> sums, Span<byte> target)
    {
        for (var x = 0; x < sums.Length; x++)
        {
            var pixel = ToByte(sums[x]);
            target[3 * x] = (byte)pixel[0];
            target[3 * x + 1] = (byte)pixel[1];
            target[3 * x + 2] = (byte)pixel[2];
        }
    }

    private static Vector128<int> ToByte(Vector128<int> sum) => Vector128.Min(Vector128.Max(sum >> ResampleAxis.Bits, Vector128<int>.Zero), Vector128.Create(255));

    // Half to even, as Python's round.
    private static int Margin(int full, int wanted) => (int)Math.Round((full - wanted) / 2.0, MidpointRounding.ToEven);
}
