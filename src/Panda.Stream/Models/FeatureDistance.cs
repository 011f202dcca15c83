using System.Numerics;
using Panda.Stream.Kernels;

namespace Panda.Stream.Models;

/// <summary>
/// The distance of LPIPS between two frames' features: unit length over channels, squared difference, weighted over channels,
/// mean over places, summed over layers. In doubles, because frames that differ little would else be told apart by rounding.
/// </summary>
/// <param name="weights">For each layer one weight a channel.</param>
public sealed class FeatureDistance(IReadOnlyList<float[]> weights)
{
    /// <summary>Measures features that a model left on its card; it stays the caller's. Null for models that leave none there.</summary>
    internal CudaFeatureDistance? OnCard { get; init; }

    /// <exception cref="ArgumentException">The frames' features are not of the layers that the weights are for, or of different sizes.</exception>
    public double Between(FrameFeatures one, FrameFeatures other) => Neighbours([one, other])[0];

    /// <summary>
    /// The distance of each frame but the first from the one before it, measured where the features lie: those in the machine's memory by the
    /// processor, since bringing them to a card would take longer than the work, and those on a card there.
    /// </summary>
    /// <param name="frames">At least two.</param>
    /// <exception cref="ArgumentException">The same.</exception>
    public double[] Neighbours(IReadOnlyList<FrameFeatures> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        return OnCard is not null && frames.All(frame => frame.OnCard is not null)
            ? OnCard.Neighbours([.. frames.Select(frame => frame.OnCard!)])
            : [.. frames.Zip(frames.Skip(1), OnHost)];
    }

    private double OnHost(FrameFeatures one, FrameFeatures other)
    {
        if (one.Layers.Count != weights.Count || other.Layers.Count != weights.Count)
            throw new ArgumentException($"features: found {one.Layers.Count} and {other.Layers.Count} layers, expected {weights.Count}");
        var sum = 0.0;
        for (var layer = 0; layer < weights.Count; layer++)
            sum += Between(one.Layers[layer], other.Layers[layer], weights[layer]);
        return sum;
    }

    private static double Between(FeatureMap one, FeatureMap other, float[] weights)
    {
        if (one.Channels != weights.Length || other.Channels != weights.Length || one.ToUnit.Length != other.ToUnit.Length)
            throw new ArgumentException(
                $"feature maps: found {one.Channels} x {one.ToUnit.Length} and {other.Channels} x {other.ToUnit.Length} values, expected {weights.Length} channels and as many places in both");
        var sum = 0.0;
        for (var channel = 0; channel < weights.Length; channel++)
            sum += weights[channel] * SquaredDifferences(one[channel], one.ToUnit, other[channel], other.ToUnit);
        return sum / one.ToUnit.Length;
    }

    private static double SquaredDifferences(ReadOnlySpan<float> a, ReadOnlySpan<double> aToUnit, ReadOnlySpan<float> b, ReadOnlySpan<double> bToUnit)
    {
        var (lows, highs, half) = (Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Count);
        var i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(a[i..]), out var aLow, out var aHigh);
            Vector.Widen(new Vector<float>(b[i..]), out var bLow, out var bHigh);
            var low = aLow * new Vector<double>(aToUnit[i..]) - bLow * new Vector<double>(bToUnit[i..]);
            var high = aHigh * new Vector<double>(aToUnit[(i + half)..]) - bHigh * new Vector<double>(bToUnit[(i + half)..]);
            lows += low * low;
            highs += high * high;
        }
        var sum = Vector.Sum(lows + highs);
        for (; i < a.Length; i++)
        {
            var difference = a[i] * aToUnit[i] - b[i] * bToUnit[i];
            sum += difference * difference;
        }
        return sum;
    }
}
