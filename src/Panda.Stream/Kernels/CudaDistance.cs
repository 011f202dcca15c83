using Panda.Stream.Native.Cuda;
using Panda.Stream.Splitting;

namespace Panda.Stream.Kernels;

/// <summary>
/// <see cref="Distance"/> on a card, for embeddings that lie there one after the other. A run has no such: its embeddings come back, since they go
/// into the shards, and in the machine's memory their distances take less than a copy to a card would.
/// </summary>
/// <param name="work">In the order of the stream on which the embeddings are made; it stays the caller's.</param>
/// <param name="width">Numbers of an embedding.</param>
internal sealed class CudaDistance(CudaWork work, int width)
{
    /// <summary>The distances of pairs of embeddings, named by their numbers.</summary>
    /// <exception cref="CudaException">The card refused, or is out of memory; likewise below.</exception>
    public double[] Between(nint embeddings, ReadOnlySpan<(int One, int Other)> pairs)
    {
        using var numbers = work.Put(pairs);
        using var distances = work.Rent(sizeof(double) * (long)pairs.Length);
        work.Launch(new EmbeddingPairsArguments(embeddings, numbers.Block.Pointer, distances.Block.Pointer, width, pairs.Length));
        return work.Read<double>(distances.Block, pairs.Length);
    }

    /// <summary>The mean of each run of embeddings, from its first to before its end; they stay on the card.</summary>
    public CudaLease<CudaMemory> Means(nint embeddings, ReadOnlySpan<(int First, int End)> ranges)
    {
        using var numbers = work.Put(ranges);
        var means = work.Rent(sizeof(float) * (long)width * ranges.Length);
        try
        {
            work.Launch(new EmbeddingMeansArguments(embeddings, numbers.Block.Pointer, means.Block.Pointer, width, ranges.Length));
            return means;
        }
        catch
        {
            means.Dispose();
            throw;
        }
    }

    /// <summary>The distances of all of one list from all of another: [row][column].</summary>
    public double[] All(nint rows, int rowCount, nint columns, int columnCount)
    {
        using var distances = work.Rent(sizeof(double) * (long)rowCount * columnCount);
        work.Launch(new EmbeddingMatrixArguments(rows, columns, distances.Block.Pointer, width, rowCount, columnCount));
        return work.Read<double>(distances.Block, rowCount * columnCount);
    }
}
