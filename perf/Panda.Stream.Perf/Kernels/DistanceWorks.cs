using Panda.Stream.Kernels;
using Panda.Stream.Models;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Splitting;

namespace Panda.Stream.Perf.Kernels;

/// <summary>The distances of LPIPS between neighbouring frames, from the features on; the twin, too, makes them unit length.</summary>
internal sealed class LpipsWork : KernelWork
{
    private static readonly int[] AlexNetChannels = [64, 192, 384, 256, 256];

    private readonly string _size;
    private readonly int[] _places;
    private readonly int _frames;
    private readonly float[][][] _features; // [layer][frame]
    private readonly float[][] _weights;
    private readonly double[] _distances;
    private CudaMemory _found = null!;
    private LpipsTilesArguments _tiles;
    private LpipsSumArguments _sum;

    /// <param name="side">Of the pictures that AlexNet reads.</param>
    public LpipsWork(int side, int frames)
    {
        // Its first convolution and its two pools.
        var first = (side + 2 * 2 - 11) / 4 + 1;
        var second = (first - 3) / 2 + 1;
        var third = (second - 3) / 2 + 1;
        _places = [first * first, second * second, third * third, third * third, third * third];
        (_size, _frames, _distances) = ($"AlexNet's layers of {frames} frames of {side}x{side}", frames, new double[frames - 1]);
        var random = new Random(1);
        _weights = [.. AlexNetChannels.Select(channels => Numbers(random, channels, 0, 1))];
        _features = [.. AlexNetChannels.Select((channels, layer) => Enumerable.Range(0, frames).Select(_ => Numbers(random, channels * _places[layer], -1, 1)).ToArray())];
    }

    public override string Kernel => "lpips_tiles, lpips_sum";
    public override string Size => _size;
    public override long Bytes => 4L * _frames * AlexNetChannels.Zip(_places, (channels, places) => channels * places).Sum() + 8L * (_frames - 1) * Layers([0, 0, 0, 0, 0], [0, 0, 0, 0, 0])[^1].NextTile;

    public override void Run()
    {
        var twin = new FeatureDistance(_weights);
        FrameFeatures Frame(int frame) => new(frame, [.. AlexNetChannels.Select((channels, layer) => new FeatureMap(_features[layer][frame], channels))]);
        var before = Frame(0);
        for (var i = 1; i < _frames; i++)
        {
            var now = Frame(i);
            _distances[i - 1] = twin.Between(before, now);
            before = now;
        }
    }

    public override void Put(Card card)
    {
        var layers = Layers(
            [.. _features.Select(frames => card.Put(frames.Select(values => card.Put(values).Pointer).ToArray()).Pointer)], [.. _weights.Select(weights => card.Put(weights).Pointer)]);
        var (tiles, pairs) = (layers[^1].NextTile, _frames - 1);
        int[] numbers = [.. Enumerable.Range(0, pairs).SelectMany(i => new[] { i, i + 1 })];
        var partial = card.Room(8L * pairs * tiles).Pointer;
        _found = card.Room(8L * pairs);
        _tiles = new(card.Put(layers).Pointer, card.Put(numbers).Pointer, partial, layers.Length, tiles, pairs);
        _sum = new(partial, _found.Pointer, tiles, pairs);
    }

    public override void Queue(Card card)
    {
        card.Launch(_tiles);
        card.Launch(_sum);
    }

    public override void Check(Card card)
    {
        Run();
        Require(card.Read<double>(_found, _distances.Length).Zip(_distances, (found, expected) => Math.Abs(found - expected) <= 1e-12).All(near => near), "distances");
    }

    private LpipsLayer[] Layers(nint[] features, nint[] weights)
    {
        var layers = new LpipsLayer[AlexNetChannels.Length];
        for (var (i, tile) = (0, 0); i < layers.Length; tile = layers[i++].NextTile)
            layers[i] = new(features[i], weights[i], AlexNetChannels[i], _places[i], tile);
        return layers;
    }
}

/// <summary>What all works on embeddings have: vectors one after the other.</summary>
internal abstract class EmbeddingWork(int width, int count) : KernelWork
{
    protected float[][] Vectors { get; } = [.. Enumerable.Range(0, count).Select(i => Numbers(new(i), width, -1, 1))];

    protected int Width => width;
    protected int Count => count;

    protected CudaMemory PutVectors(Card card) => card.Put(Vectors.SelectMany(vector => vector).ToArray());

    protected void RequireNear(IEnumerable<double> found, IEnumerable<double> expected) =>
        Require(found.Zip(expected, (one, other) => Math.Abs(one - other) <= 1e-12 * other).All(near => near), "distances");
}

/// <summary>Each probe and the next: the two of a segment, and the last of one and the first of the next.</summary>
internal sealed class EmbeddingPairsWork(int width, int count) : EmbeddingWork(width, count)
{
    private readonly double[] _distances = new double[count - 1];
    private CudaMemory _found = null!;
    private EmbeddingPairsArguments _arguments;

    public override string Kernel => "embedding_pairs";
    public override string Size => $"{Count} probes of {Width} numbers";
    public override long Bytes => 8L * Width * (Count - 1);

    public override void Run()
    {
        for (var i = 0; i < _distances.Length; i++)
            _distances[i] = Distance.Between(Vectors[i], Vectors[i + 1]);
    }

    public override void Put(Card card)
    {
        int[] pairs = [.. Enumerable.Range(0, Count - 1).SelectMany(i => new[] { i, i + 1 })];
        _found = card.Room(8L * _distances.Length);
        _arguments = new(PutVectors(card).Pointer, card.Put(pairs).Pointer, _found.Pointer, Width, _distances.Length);
    }

    public override void Queue(Card card) => card.Launch(_arguments);

    public override void Check(Card card)
    {
        Run();
        RequireNear(card.Read<double>(_found, _distances.Length), _distances);
    }
}

internal sealed class EmbeddingMeansWork(int width, int count, int each) : EmbeddingWork(width, count)
{
    private readonly float[][] _means = new float[count / each][];
    private CudaMemory _found = null!;
    private EmbeddingMeansArguments _arguments;

    public override string Kernel => "embedding_means";
    public override string Size => $"{Count} features of {Width} numbers to {_means.Length} clips";
    public override long Bytes => 4L * Width * Count;

    public override void Run()
    {
        for (var i = 0; i < _means.Length; i++)
            _means[i] = ClipFilter.Mean(Vectors[(i * each)..((i + 1) * each)]);
    }

    public override void Put(Card card)
    {
        int[] ranges = [.. Enumerable.Range(0, _means.Length).SelectMany(i => new[] { i * each, (i + 1) * each })];
        _found = card.Room(4L * Width * _means.Length);
        _arguments = new(PutVectors(card).Pointer, card.Put(ranges).Pointer, _found.Pointer, Width, _means.Length);
    }

    public override void Queue(Card card) => card.Launch(_arguments);

    public override void Check(Card card)
    {
        Run();
        Require(card.Read<float>(_found, Width * _means.Length).SequenceEqual(_means.SelectMany(mean => mean)), "means");
    }
}

/// <summary>New clips against all that a video has kept.</summary>
internal sealed class EmbeddingMatrixWork(int width, int rows, int columns) : EmbeddingWork(width, rows + columns)
{
    private readonly double[] _distances = new double[rows * columns];
    private CudaMemory _found = null!;
    private EmbeddingMatrixArguments _arguments;

    public override string Kernel => "embedding_matrix";
    public override string Size => $"{rows} clips against {columns} of {Width} numbers";
    public override long Bytes => 4L * Width * (rows + columns);

    public override void Run()
    {
        for (var i = 0; i < _distances.Length; i++)
            _distances[i] = Distance.Between(Vectors[i / columns], Vectors[rows + i % columns]);
    }

    public override void Put(Card card)
    {
        var vectors = PutVectors(card).Pointer;
        _found = card.Room(8L * _distances.Length);
        _arguments = new(vectors, vectors + sizeof(float) * Width * rows, _found.Pointer, Width, rows, columns);
    }

    public override void Queue(Card card) => card.Launch(_arguments);

    public override void Check(Card card)
    {
        Run();
        RequireNear(card.Read<double>(_found, _distances.Length), _distances);
    }
}
