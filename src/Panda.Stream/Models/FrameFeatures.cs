using System.Numerics;
using Panda.Stream.Kernels;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models;

/// <summary>What one layer of a feature model makes of a frame.</summary>
public sealed class FeatureMap
{
    private readonly float[] _values;

    // LPIPS's own, against a division by zero where no channel answers.
    private const double Least = 1e-10;

    /// <param name="values">Channel by channel, <paramref name="channels"/> times as many places.</param>
    public FeatureMap(float[] values, int channels)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (channels < 1 || values.Length % channels != 0)
            throw new ArgumentException($"feature map: found {values.Length} values, expected a multiple of {channels} channels");
        (_values, Channels) = (values, channels);
        ToUnit = new double[values.Length / channels];
        for (var channel = 0; channel < channels; channel++)
            AddSquares(this[channel], ToUnit);
        for (var i = 0; i < ToUnit.Length; i++)
            ToUnit[i] = 1 / (Math.Sqrt(ToUnit[i]) + Least);
    }

    public int Channels { get; }

    /// <summary>For each place, what its features are multiplied by to be of unit length over the channels.</summary>
    internal double[] ToUnit { get; }

    /// <summary>[channel][place].</summary>
    internal ReadOnlySpan<float> Values => _values;

    /// <summary>One channel at all places.</summary>
    internal ReadOnlySpan<float> this[int channel] => Values.Slice(channel * ToUnit.Length, ToUnit.Length);

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

/// <summary>What a feature model makes of a frame: one map for each of its layers, in the machine's memory or on the card where the model left them.</summary>
public sealed class FrameFeatures : IDisposable
{
    private IReadOnlyList<FeatureMap>? _layers;

    /// <param name="frame">0-based number of the frame in its video.</param>
    /// <param name="layers">One map for each layer.</param>
    public FrameFeatures(int frame, IReadOnlyList<FeatureMap> layers) => (Frame, _layers) = (frame, layers);

    /// <param name="frame">0-based number of the frame in its video.</param>
    /// <param name="onCard">Its own from now on.</param>
    internal FrameFeatures(int frame, CardFeatures onCard) => (Frame, OnCard) = (frame, onCard);

    /// <summary>0-based number of the frame in its video.</summary>
    public int Frame { get; }

    /// <summary>The maps; those on a card are brought over when they are first asked for.</summary>
    public IReadOnlyList<FeatureMap> Layers => _layers ??= OnCard!.ToHost();

    /// <summary>Null where the model left none on a card.</summary>
    internal CardFeatures? OnCard { get; }

    /// <summary>Gives back the card's memory.</summary>
    public void Dispose() => OnCard?.Dispose();
}

/// <summary>A frame's features on a card: 32-bit floats, [1, channels, rows, columns] for each layer.</summary>
/// <param name="Layers">The model's outputs, which it owns.</param>
/// <param name="Distance">Measures them there.</param>
internal sealed record CardFeatures(IReadOnlyList<OnnxValue> Layers, CudaFeatureDistance Distance) : IDisposable
{
    internal CardFeatureMap[] Maps => [.. Layers.Select(layer => new CardFeatureMap(layer.Address, (int)layer.Shape[1], (int)(layer.Shape[2] * layer.Shape[3])))];

    internal FeatureMap[] ToHost() => [.. Layers.Select(layer =>
    {
        using var host = layer.ToHost();
        return new FeatureMap(host.Data<float>().ToArray(), (int)host.Shape[1]);
    })];

    public void Dispose()
    {
        foreach (var layer in Layers)
            layer.Dispose();
    }
}
