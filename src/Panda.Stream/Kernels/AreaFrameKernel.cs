using Panda.Stream.Videos;

namespace Panda.Stream.Kernels;

/// <summary>One axis of area_frame.cu on the device: of each place the first sample, and the weights of <paramref name="Taps"/> from there on, tap by tap.</summary>
internal readonly record struct AreaAxisArguments(nint Starts, nint Weights, int Taps, int Places);

/// <summary>Where the pixels of the small picture go: to First + x * AlongX + y * AlongY.</summary>
internal readonly record struct PixelPlaces(int First, int AlongX, int AlongY);

/// <summary>Arguments of area_frame.cu.</summary>
internal readonly record struct AreaFrameArguments(
    FramePlanes Planes, AreaAxisArguments LumaColumns, AreaAxisArguments LumaRows, AreaAxisArguments ChromaColumns, AreaAxisArguments ChromaRows,
    nint Rgb, AreaColours Colours, int Stride, int ChromaStride, int ChromaStep, int Width, int Height, PixelPlaces Places) : IKernelArguments
{
    public static string Module => "area_frame";
    public static string Kernel => "area_frame";
    public static int Threads => 256;
    public KernelGrid Grid => new(KernelGrid.Blocks(Width * Height, Threads));
}

/// <summary>The axes of area_frame.cu for frames of one size and a small picture of another, as one block of numbers.</summary>
internal sealed class AreaTables
{
    private readonly List<int> _numbers = [];
    private readonly (int Starts, int Weights, int Taps, int Places)[] _axes;

    public AreaTables(int fromWidth, int fromHeight, int width, int height) =>
        _axes =
        [
            Add(fromWidth, width, AreaKernels.RowBits), Add(fromHeight, height, AreaKernels.ColumnBits),
            Add((fromWidth + 1) / 2, width, AreaKernels.RowBits), Add((fromHeight + 1) / 2, height, AreaKernels.ColumnBits),
        ];

    public int[] Numbers => [.. _numbers];

    /// <param name="at">Where <see cref="Numbers"/> lie on the device.</param>
    public AreaFrameArguments Arguments(nint at, FramePlanes planes, PlaneShape shape, nint rgb, AreaColours colours, int rotation)
    {
        var (width, height) = (_axes[0].Places, _axes[1].Places);
        var (first, alongX, alongY) = RgbTurn.Places(width, height, rotation);
        return new(planes, Axis(0), Axis(1), Axis(2), Axis(3), rgb, colours, shape.Stride, shape.ChromaStride, shape.ChromaStep, width, height, new(first, alongX, alongY));

        AreaAxisArguments Axis(int i) => new(at + sizeof(int) * _axes[i].Starts, at + sizeof(int) * _axes[i].Weights, _axes[i].Taps, _axes[i].Places);
    }

    private (int, int, int, int) Add(int from, int to, int bits)
    {
        var axis = new AreaAxis(from, to, 1 << bits, 1);
        var starts = _numbers.Count;
        _numbers.AddRange(axis.Starts);
        var weights = _numbers.Count;
        for (var tap = 0; tap < axis.Taps; tap++)
            for (var place = 0; place < to; place++)
                _numbers.Add(axis.Weights[place * axis.Taps + tap]);
        return (starts, weights, axis.Taps, to);
    }
}
