namespace Panda.Stream.Kernels;

/// <summary>Arguments of content_score.cu.</summary>
internal readonly record struct ContentScoreArguments(
    SmallPictureArguments Picture, nint Previous, nint Last, nint Sums, int Frames, int Chunk) : IKernelArguments
{
    /// <summary>Most frames that one thread may go through.</summary>
    public const int LongestChunk = 16;

    public static string Module => "content_score";
    public static string Kernel => "content_score";
    public static int Threads => 256;
    public KernelGrid Grid => new(KernelGrid.Blocks(Picture.Pixels, Threads), KernelGrid.Blocks(Frames, Chunk));
}
