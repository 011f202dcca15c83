using System.Numerics;
using Panda.Stream.Kernels;
using Panda.Stream.Native.Cuda;

namespace Panda.Stream.Models;

/// <summary>The card on which features lay has failed: they are to be made again, elsewhere.</summary>
public sealed class FeaturesLostException(Exception cause) : Exception(cause?.Message, cause);

/// <summary>
/// The distance of LPIPS between two frames' features: unit length over channels, squared difference, weighted over channels,
/// mean over places, summed over layers. In doubles, because frames that differ little would else be told apart by rounding.
/// </summary>
/// <param name="weights">For each layer one weight a channel.</param>
public sealed class FeatureDistance(IReadOnlyList<float[]> weights)
{
    /// <exception cref="ArgumentException">The frames' features are not of the layers that the weights are for, or of different sizes.</exception>
    public double Between(FrameFeatures one, FrameFeatures other) => Neighbours([one, other])[0];

    /// <summary>
    /// The distance of each frame but the first from the one before it, measured where the features lie: those in the machine's memory by the
    /// processor, since bringing them to a card would take longer than the work, and those on a card there (those on several cards on the first's,
    /// so that the figures do not depend on which card had time).
    /// </summary>
    /// <param name="frames">At least two.</param>
    /// <exception cref="ArgumentException">The same.</exception>
    /// <exception cref="InvalidDataException">A distance is no finite number, as the features on a card were not.</exception>
    /// <exception cref="FeaturesLostException">The card on which the features lie has failed.</exception>
    public double[] Neighbours(IReadOnlyList<FrameFeatures> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.All(frame => frame.OnCard is null))
            return [.. frames.Zip(frames.Skip(1), OnHost)];
        try
        {
            var distances = frames.All(frame => frame.OnCard is not null) ? There(frames) : [.. frames.Zip(frames.Skip(1), OnHost)];
            var wrong = Array.FindIndex(distances, distance => !double.IsFinite(distance));
            return wrong < 0 ? distances : throw new InvalidDataException(
                $"features: found a distance of {distances[wrong]} between frames {frames[wrong].Frame} and {frames[wrong + 1].Frame}, expected a finite number");
        }
        catch (CudaException failed)
        {
            throw new FeaturesLostException(failed);
        }
    }

    private static double[] There(IReadOnlyList<FrameFeatures> frames)
    {
        var card = frames[0].OnCard!.Distance;
        var brought = new List<CudaLease<CudaMemory>>();
        try
        {
            return card.Neighbours([.. frames.Select(frame => frame.OnCard!.Distance == card ? frame.OnCard.Maps : Bring(frame))]);
        }
        finally
        {
            brought.ForEach(lease => lease.Dispose());
        }

        CardFeatureMap[] Bring(FrameFeatures frame)
        {
            var there = card.Put(frame.Layers);
            brought.AddRange(there);
            return [.. frame.Layers.Zip(there, (layer, lease) => new CardFeatureMap(lease.Block.Pointer, layer.Channels, layer.ToUnit.Length))];
        }
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
