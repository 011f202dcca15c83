using Panda.Stream.Models.Pictures;

namespace Panda.Stream.Kernels;

/// <summary>One axis of a resize as the kernel reads it: of each pixel the first source pixel, their number, and their weights, tap by tap.</summary>
internal sealed class AxisTable(ResampleAxis axis)
{
    public int[] Starts { get; } = [.. Enumerable.Range(0, axis.Length).Select(i => axis.Start(i))];

    public int[] Counts { get; } = [.. Enumerable.Range(0, axis.Length).Select(i => axis.Weights(i).Length)];

    /// <summary>weights[tap][pixel], so that neighbours read neighbours.</summary>
    public int[] Weights { get; } = ByTap(axis);

    /// <summary>The most source pixels that <paramref name="count"/> neighbours need, from a multiple of <paramref name="alignment"/> on.</summary>
    public int Widest(int count, int alignment) =>
        Enumerable.Range(0, KernelGrid.Blocks(Starts.Length, count)).Max(i =>
        {
            var last = Math.Min((i + 1) * count, Starts.Length) - 1;
            return Starts[last] + Counts[last] - Starts[i * count] / alignment * alignment;
        });

    private static int[] ByTap(ResampleAxis axis)
    {
        var most = Enumerable.Range(0, axis.Length).Max(i => axis.Weights(i).Length);
        var weights = new int[most * axis.Length];
        for (var i = 0; i < axis.Length; i++)
            for (var k = 0; k < axis.Weights(i).Length; k++)
                weights[k * axis.Length + i] = axis.Weights(i)[k];
        return weights;
    }
}

/// <summary>How frames of one size become a model's picture on the device.</summary>
internal sealed class ResampleTables
{
    // What the kernel has room for in shared memory, and its shape: a warp a row, a lane a column.
    private const int StagedPixels = 512, RingRows = 256, Warps = 8, Lanes = 32;

    /// <exception cref="ArgumentException">The frames are so much larger than the model's picture that a pixel needs more source pixels than fit.</exception>
    public ResampleTables(int width, int height, PictureCard card)
    {
        var scaler = new PictureScaler(width, height, card);
        (Columns, Rows) = (new(scaler.Across), new(scaler.Down));
        Tiles = new(Largest(Columns, Lanes, StagedPixels, 4, width, card.Size[0]), Lanes, Largest(Rows, Warps, RingRows, 1, height, card.Size[1]));
    }

    public AxisTable Columns { get; }

    public AxisTable Rows { get; }

    public SmallFramesTiles Tiles { get; }

    // Halves of the wish, so that the groups of a tile stay whole.
    private static int Largest(AxisTable axis, int wish, int room, int alignment, int from, int to)
    {
        for (var count = wish; count >= 1; count /= 2)
            if (axis.Widest(count, alignment) <= room)
                return count;
        throw new ArgumentException($"frames of {from} pixels to {to}: one pixel is made of {axis.Widest(1, alignment)}, expected at most {room}");
    }
}
