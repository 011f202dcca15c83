namespace Panda.Stream.Kernels;

/// <summary>One layer: where a list lies of where its features of each frame begin, and its weights.</summary>
internal readonly record struct LpipsLayer(nint Features, nint Weights, int Channels, int Places, int FirstTile, int Unused = 0)
{
    private const int PlacesATile = 32;

    /// <summary>The number of the next layer's first tile; of the last layer, the number of tiles.</summary>
    public int NextTile => FirstTile + KernelGrid.Blocks(Places, PlacesATile);
}

/// <summary>Arguments of lpips_distance.cu's first launch.</summary>
internal readonly record struct LpipsTilesArguments(nint Layers, nint Pairs, nint Partial, int LayerCount, int Tiles, int PairCount) : IKernelArguments
{
    public static string Module => "lpips_distance";
    public static string Kernel => "lpips_tiles";
    public static int Threads => 256;
    public KernelGrid Grid => new(PairCount, Tiles);
}

/// <summary>Arguments of lpips_distance.cu's second launch.</summary>
internal readonly record struct LpipsSumArguments(nint Partial, nint Distances, int Tiles, int PairCount) : IKernelArguments
{
    public static string Module => "lpips_distance";
    public static string Kernel => "lpips_sum";
    public static int Threads => 32;
    public KernelGrid Grid => new(PairCount);
}
