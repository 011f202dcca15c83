using System.Numerics;
using Panda.Stream.Kernels;

namespace Panda.Stream.Models;

/// <summary>What one layer of a feature model makes of a frame.</summary>
public sealed class FeatureMap
{
    // LPIPS's own, against a division by zero where no channel answers.
    private const double Least = 1e-10;

    /// <param name="values">Channel by channel, <paramref name="channels"/> times as many places.</param>
    public FeatureMap(float[] values, int channels)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (channels < 1 || values.Length % channels != 0)
            throw new ArgumentException($"feature map: found {values.Length} values, expected a multiple of {channels} channels");
        (Values, Channels) = (values, channels);
        ToUnit = new double[values.Length / channels];
        for (var channel = 0; channel < channels; channel++)
            AddSquares(this[channel], ToUnit);
        for (var i = 0; i < ToUnit.Length; i++)
            ToUnit[i] = 1 / (Math.Sqrt(ToUnit[i]) + Least);
    }

    public int Channels { get; }

    /// <summary>For each place, what its features are multiplied by to be of unit length over the channels.</summary>
    internal double[] ToUnit { get; }

    private float[] Values { get; }

    /// <summary>One channel at all places.</summary>
    internal ReadOnlySpan<float> this[int channel] => Values.AsSpan(channel * ToUnit.Length, ToUnit.Length);

    private static void AddSquares(ReadOnlySpan<float> channel, Span<double> sums)
    {
        var i = 0;
        for (; i <= channel.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(channel[i..]), out var low, out var high);
            var first = sums[i..];
            var second = first[Vector<double>.Count..];
            (new Vector<double>(first) + low * low).CopyTo(first);
            (new Vector<double>(second) + high * high).CopyTo(second);
        }
        for (; i < channel.Length; i++)
            sums[i] += (double)channel[i] * channel[i];
    }
}

/// <summary>What a feature model makes of a frame: one map for each of its layers.</summary>
/// <param name="Frame">0-based number of the frame in its video.</param>
public sealed record FrameFeatures(int Frame, IReadOnlyList<FeatureMap> Layers)
{
    /// <summary>The features where the model left them on its card, in the place of <see cref="Layers"/>.</summary>
    internal CardFeatures? OnCard { get; init; }
}
