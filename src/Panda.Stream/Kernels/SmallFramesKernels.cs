namespace Panda.Stream.Kernels;

/// <summary>One axis of <see cref="ResampleTables"/> on the device.</summary>
internal readonly record struct AxisArguments(nint Starts, nint Counts, nint Weights);

/// <summary>Where a picture's values go, in elements.</summary>
internal readonly record struct TensorStrides(long Clip, long Frame, long Channel);

/// <summary>How the planes of the frames lie in memory.</summary>
/// <param name="Width">Width of the frames.</param>
/// <param name="Stride">Bytes from row to row of luma.</param>
/// <param name="ChromaStride">Bytes from row to row of chroma.</param>
/// <param name="ChromaStep">Bytes from sample to sample of one chroma: 2 for NV12, 1 for planar frames, 0 for RGB24.</param>
internal readonly record struct PlaneShape(int Width, int Stride, int ChromaStride, int ChromaStep);

/// <summary>How the work is cut into blocks.</summary>
internal readonly record struct SmallFramesTiles(int Columns, int Rows, int GroupRows);

/// <summary>Arguments of small_frames.cu.</summary>
internal readonly record struct SmallFramesArguments(
    nint Frames, AxisArguments Columns, AxisArguments Rows, nint Values, nint Tensor, TensorStrides Strides, YuvCoefficients Matrix,
    PlaneShape Planes, int Width, int Height, int FrameCount, int FramesAClip, SmallFramesTiles Tiles)
{
    public KernelGrid Grid => new(KernelGrid.Blocks(Width, Tiles.Columns), KernelGrid.Blocks(Height, Tiles.Rows), FrameCount);
}

/// <summary>small_frames.cu into a tensor of floats.</summary>
internal readonly record struct SmallFramesFloat(SmallFramesArguments Arguments) : IKernelArguments
{
    public static string Module => "small_frames";
    public static string Kernel => "small_frames_f32";
    public static int Threads => 256;
    public KernelGrid Grid => Arguments.Grid;
}

/// <summary>small_frames.cu into a tensor of halves.</summary>
internal readonly record struct SmallFramesHalf(SmallFramesArguments Arguments) : IKernelArguments
{
    public static string Module => "small_frames";
    public static string Kernel => "small_frames_f16";
    public static int Threads => 256;
    public KernelGrid Grid => Arguments.Grid;
}
