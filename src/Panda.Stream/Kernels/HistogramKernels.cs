namespace Panda.Stream.Kernels;

/// <summary>Arguments of histogram.cu's count.</summary>
internal readonly record struct HistogramCountArguments(SmallPictureArguments Picture, nint Counts, int Frames) : IKernelArguments
{
    private const int PixelsABlock = 4096;

    public static string Module => "histogram";
    public static string Kernel => "histogram_count";
    public static int Threads => 256;
    public KernelGrid Grid => new(KernelGrid.Blocks(Picture.Pixels, PixelsABlock), Frames);
}

/// <summary>Arguments of histogram.cu's difference.</summary>
internal readonly record struct HistogramDifferenceArguments(nint Counts, nint Previous, nint Differences, int Frames) : IKernelArguments
{
    public static string Module => "histogram";
    public static string Kernel => "histogram_difference";
    public static int Threads => 256;
    public KernelGrid Grid => new(Frames);
}
