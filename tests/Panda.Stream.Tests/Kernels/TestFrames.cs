using Panda.Stream.Kernels;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Kernels;

/// <summary>Random frames of one shape: planes for the C# side, and for kernels the same as NV12 or planes, each with odd strides of its own.</summary>
internal sealed class TestFrames
{
    private readonly Random _random;
    private readonly byte[][] _y, _u, _v;
    private readonly int _strideY, _strideC;

    /// <param name="random">Where all that is left open comes from.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="count">How many frames; some repeat the frame before in part.</param>
    public TestFrames(Random random, int width, int height, int count)
    {
        (_random, Width, Height, Count) = (random, width, height, count);
        (_strideY, _strideC) = (width + random.Next(9), ChromaWidth + random.Next(9));
        (_y, _u, _v) = (new byte[count][], new byte[count][], new byte[count][]);
        for (var i = 0; i < count; i++)
        {
            (_y[i], _u[i], _v[i]) = (Plane(_strideY, width, height), Plane(_strideC, ChromaWidth, ChromaHeight), Plane(_strideC, ChromaWidth, ChromaHeight));
            if (i % 3 == 2)
                _y[i - 1].AsSpan(0, _y[i].Length / 2).CopyTo(_y[i]);
        }
    }

    public int Width { get; }
    public int Height { get; }
    public int Count { get; }
    private int ChromaWidth => (Width + 1) / 2;
    private int ChromaHeight => (Height + 1) / 2;

    public Yuv420Planes Planes(int frame, bool fullRange) => new()
    {
        Width = Width, Height = Height, FullRangeFormat = fullRange,
        Y = _y[frame], U = _u[frame], V = _v[frame], StrideY = _strideY, StrideU = _strideC, StrideV = _strideC,
    };

    /// <summary>The frames on the device: where each one's planes are, and how they lie.</summary>
    /// <param name="memory">Where they are put.</param>
    /// <param name="nv12">Chroma in one plane.</param>
    /// <param name="aligned">As decoders give frames: strides and addresses that are multiples of 64.</param>
    public (FramePlanes[] Frames, PlaneShape Shape) Put(KernelMemory memory, bool nv12, bool aligned)
    {
        var step = nv12 ? 2 : 1;
        var stride = aligned ? (Width + 63) / 64 * 64 : Width + _random.Next(9);
        var chromaStride = aligned ? (step * ChromaWidth + 63) / 64 * 64 : step * ChromaWidth + _random.Next(9);
        var alignment = aligned ? 16 : 1;
        var frames = new FramePlanes[Count];
        for (var i = 0; i < Count; i++)
        {
            var luma = memory.Put(Lay(_y[i], _strideY, Width, Height, stride), alignment);
            if (nv12)
            {
                var chroma = new byte[chromaStride * (ChromaHeight - 1) + 2 * ChromaWidth];
                for (var y = 0; y < ChromaHeight; y++)
                    for (var x = 0; x < ChromaWidth; x++)
                        (chroma[y * chromaStride + 2 * x], chroma[y * chromaStride + 2 * x + 1]) = (_u[i][y * _strideC + x], _v[i][y * _strideC + x]);
                frames[i] = FramePlanes.Nv12(luma, memory.Put(chroma, alignment));
            }
            else
                frames[i] = new(luma, memory.Put(Lay(_u[i], _strideC, ChromaWidth, ChromaHeight, chromaStride), alignment),
                    memory.Put(Lay(_v[i], _strideC, ChromaWidth, ChromaHeight, chromaStride), alignment));
        }
        return (frames, new(Width, stride, chromaStride, step));
    }

    /// <summary>RGB24 by the plain formula.</summary>
    public byte[] Rgb(int frame, YuvCoefficients matrix)
    {
        var rgb = new byte[3 * Width * Height];
        for (var i = 0; i < Width * Height; i++)
        {
            var (x, y) = (i % Width, i / Width);
            var chroma = y / 2 * _strideC + x / 2;
            var luma = ((_y[frame][y * _strideY + x] - matrix.Black) << 3) * matrix.Scale >> 16;
            var (u, v) = ((_u[frame][chroma] - 128) << 3, (_v[frame][chroma] - 128) << 3);
            rgb[3 * i] = ToByte(luma + (v * matrix.RedFromV >> 16));
            rgb[3 * i + 1] = ToByte(luma + (u * matrix.GreenFromU >> 16) + (v * matrix.GreenFromV >> 16));
            rgb[3 * i + 2] = ToByte(luma + (u * matrix.BlueFromU >> 16));
        }
        return rgb;
    }

    private static byte ToByte(int value) => (byte)Math.Clamp(value, 0, 255);

    // The padding of the last row is no part of a plane.
    private byte[] Plane(int stride, int width, int height)
    {
        var plane = new byte[stride * (height - 1) + width];
        _random.NextBytes(plane);
        return plane;
    }

    private static byte[] Lay(byte[] plane, int from, int width, int height, int stride)
    {
        var result = new byte[stride * (height - 1) + width];
        for (var y = 0; y < height; y++)
            plane.AsSpan(y * from, width).CopyTo(result.AsSpan(y * stride));
        return result;
    }
}
