using Panda.Stream.Models;
using Panda.Stream.Native.Cuda;

namespace Panda.Stream.Kernels;

/// <summary>One layer of a frame's features on a card: where it begins, [channel][place] in 32-bit floats.</summary>
internal readonly record struct CardFeatureMap(nint Values, int Channels, int Places);

/// <summary><see cref="FeatureDistance"/> on a card, for features that lie there: two launches for all pairs, and only distances come back. Safe for use by several threads at once.</summary>
/// <param name="work">In the order of the stream on which the features are made; it stays the caller's.</param>
/// <param name="weights">For each layer one weight a channel.</param>
internal sealed class CudaFeatureDistance(CudaWork work, IReadOnlyList<float[]> weights)
{
    private readonly int[] _channels = [.. weights.Select(layer => layer.Length)];

    /// <summary>The distance of each frame but the first from the one before it.</summary>
    /// <param name="frames">At least two, each with one map for each layer.</param>
    /// <exception cref="ArgumentException">The features are not of the layers that the weights are for, or of different sizes.</exception>
    /// <exception cref="CudaException">The card refused, or is out of memory.</exception>
    public double[] Neighbours(IReadOnlyList<IReadOnlyList<CardFeatureMap>> frames)
    {
        // 1. Where everything lies.
        var places = PlacesOf(frames);
        using var weightsThere = work.Put<float>([.. weights.SelectMany(layer => layer)]);
        using var features = work.Put<nint>([.. _channels.SelectMany((_, layer) => frames.Select(frame => frame[layer].Values))]);
        var layers = new LpipsLayer[places.Length];
        for (var (i, tile, weight) = (0, 0, weightsThere.Block.Pointer); i < layers.Length; weight += sizeof(float) * _channels[i], tile = layers[i++].NextTile)
            layers[i] = new(features.Block.Pointer + nint.Size * frames.Count * i, weight, _channels[i], places[i], tile);
        var (tiles, pairs) = (layers[^1].NextTile, frames.Count - 1);

        // 2. There, through the kernels, and back.
        using var table = work.Put<LpipsLayer>(layers);
        using var numbers = work.Put<int>([.. Enumerable.Range(0, pairs).SelectMany(i => new[] { i, i + 1 })]);
        using var partial = work.Rent(sizeof(double) * (long)pairs * tiles);
        using var distances = work.Rent(sizeof(double) * (long)pairs);
        work.Launch(new LpipsTilesArguments(table.Block.Pointer, numbers.Block.Pointer, partial.Block.Pointer, layers.Length, tiles, pairs));
        work.Launch(new LpipsSumArguments(partial.Block.Pointer, distances.Block.Pointer, tiles, pairs));
        return work.Read<double>(distances.Block, pairs);
    }

    /// <summary>Brings features here that lie in the machine's memory.</summary>
    /// <exception cref="CudaException">The card is out of memory.</exception>
    public CudaLease<CudaMemory>[] Put(IReadOnlyList<FeatureMap> layers) => [.. layers.Select(layer => work.Put(layer.Values))];

    private int[] PlacesOf(IReadOnlyList<IReadOnlyList<CardFeatureMap>> frames)
    {
        foreach (var frame in frames)
            if (!frame.Select(layer => layer.Channels).SequenceEqual(_channels)
                || !frame.Select(layer => layer.Places).SequenceEqual(frames[0].Select(layer => layer.Places)))
                throw new ArgumentException(
                    $"feature maps on the card: found {Sizes(frame)} channels x places, expected {string.Join(", ", _channels)} channels and as many places in all frames ({Sizes(frames[0])})");
        return [.. frames[0].Select(layer => layer.Places)];

        static string Sizes(IEnumerable<CardFeatureMap> layers) => string.Join(", ", layers.Select(layer => $"{layer.Channels} x {layer.Places}"));
    }
}
