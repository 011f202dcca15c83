namespace Panda.Stream.Kernels;

/// <summary>Arguments of embedding_distances.cu's given pairs.</summary>
internal readonly record struct EmbeddingPairsArguments(nint Embeddings, nint Pairs, nint Distances, int Width, int PairCount) : IKernelArguments
{
    public static string Module => "embedding_distances";
    public static string Kernel => "embedding_pairs";
    public static int Threads => 256;
    public KernelGrid Grid => new(KernelGrid.Blocks(PairCount, Threads / 32));
}

/// <summary>Arguments of embedding_distances.cu's means.</summary>
internal readonly record struct EmbeddingMeansArguments(nint Embeddings, nint Ranges, nint Means, int Width, int ClipCount) : IKernelArguments
{
    public static string Module => "embedding_distances";
    public static string Kernel => "embedding_means";
    public static int Threads => 256;
    public KernelGrid Grid => new(KernelGrid.Blocks(Width, Threads), ClipCount);
}

/// <summary>Arguments of embedding_distances.cu's all against all.</summary>
internal readonly record struct EmbeddingMatrixArguments(
    nint Rows, nint Columns, nint Distances, int Width, int RowCount, int ColumnCount) : IKernelArguments
{
    private const int Tile = 16;

    public static string Module => "embedding_distances";
    public static string Kernel => "embedding_matrix";
    public static int Threads => 256;
    public KernelGrid Grid => new(KernelGrid.Blocks(ColumnCount, Tile), KernelGrid.Blocks(RowCount, Tile));
}
