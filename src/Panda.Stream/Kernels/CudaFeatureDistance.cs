using Panda.Stream.Models;
using Panda.Stream.Native.Cuda;

namespace Panda.Stream.Kernels;

/// <summary>One layer of a frame's features on a card: where it begins, [channel][place] in 32-bit floats.</summary>
internal readonly record struct CardFeatureMap(nint Values, int Channels, int Places);

/// <summary>A frame's features that the model left on a card.</summary>
/// <param name="Layers">One map for each layer.</param>
/// <param name="Owner">What keeps them there.</param>
internal sealed record CardFeatures(IReadOnlyList<CardFeatureMap> Layers, IDisposable Owner) : IDisposable
{
    public void Dispose() => Owner.Dispose();
}

/// <summary><see cref="FeatureDistance"/> on a card, for features that lie there: two launches for all pairs, and only distances come back. For one thread.</summary>
internal sealed class CudaFeatureDistance : IDisposable
{
    private readonly CudaKernels _kernels;
    private readonly CudaStream _stream;
    private readonly CudaStaging _staging;
    private readonly CudaLease<CudaMemory>[] _weights;
    private readonly int[] _channels;

    /// <param name="kernels">Those of the stream's card; they stay the caller's.</param>
    /// <param name="stream">The one on which the features are made; it stays the caller's.</param>
    /// <param name="weights">For each layer one weight a channel.</param>
    /// <exception cref="CudaException">The card is out of memory.</exception>
    public CudaFeatureDistance(CudaKernels kernels, CudaStream stream, IReadOnlyList<float[]> weights)
    {
        (_kernels, _stream, _staging) = (kernels, stream, new(stream));
        _channels = [.. weights.Select(layer => layer.Length)];
        _weights = [.. weights.Select(layer => _staging.Put<float>(layer))];
    }

    /// <summary>The distance of each frame but the first from the one before it.</summary>
    /// <param name="frames">At least two.</param>
    /// <exception cref="ArgumentException">The features are not of the layers that the weights are for, or of different sizes.</exception>
    /// <exception cref="CudaException">The card refused, or is out of memory.</exception>
    public double[] Neighbours(IReadOnlyList<CardFeatures> frames)
    {
        // 1. Where everything lies.
        var places = PlacesOf(frames);
        using var features = _staging.Put<nint>([.. _channels.SelectMany((_, layer) => frames.Select(frame => frame.Layers[layer].Values))]);
        var layers = new LpipsLayer[places.Length];
        for (var (i, tile) = (0, 0); i < layers.Length; tile = layers[i++].NextTile)
            layers[i] = new(features.Block.Pointer + nint.Size * frames.Count * i, _weights[i].Block.Pointer, _channels[i], places[i], tile);
        var (tiles, pairs) = (layers[^1].NextTile, frames.Count - 1);

        // 2. There, through the kernels, and back.
        using var table = _staging.Put<LpipsLayer>(layers);
        using var numbers = _staging.Put<int>([.. Enumerable.Range(0, pairs).SelectMany(i => new[] { i, i + 1 })]);
        using var partial = _staging.Rent(sizeof(double) * (long)pairs * tiles);
        using var distances = _staging.Rent(sizeof(double) * (long)pairs);
        _kernels.Launch(_stream, new LpipsTilesArguments(table.Block.Pointer, numbers.Block.Pointer, partial.Block.Pointer, layers.Length, tiles, pairs));
        _kernels.Launch(_stream, new LpipsSumArguments(partial.Block.Pointer, distances.Block.Pointer, tiles, pairs));
        return _staging.Read<double>(distances.Block, pairs);
    }

    public void Dispose()
    {
        Array.ForEach(_weights, layer => layer.Dispose());
        _staging.Dispose();
    }

    private int[] PlacesOf(IReadOnlyList<CardFeatures> frames)
    {
        foreach (var frame in frames)
            if (!frame.Layers.Select(layer => layer.Channels).SequenceEqual(_channels)
                || !frame.Layers.Select(layer => layer.Places).SequenceEqual(frames[0].Layers.Select(layer => layer.Places)))
                throw new ArgumentException(
                    $"feature maps on the card: found {Sizes(frame.Layers)} channels x places, expected {string.Join(", ", _channels)} channels and as many places in all frames ({Sizes(frames[0].Layers)})");
        return [.. frames[0].Layers.Select(layer => layer.Places)];

        static string Sizes(IEnumerable<CardFeatureMap> layers) => string.Join(", ", layers.Select(layer => $"{layer.Channels} x {layer.Places}"));
    }
}
