using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime.Tensors;
using Panda.Stream.Kernels;
using Panda.Stream.Models.Devices;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Videos;

namespace Panda.Stream.Models.Pictures;

/// <summary>
/// Frames to a model's input: resized, normalised, in the card's layout. The one place that chooses where: for a model on a card there, so that
/// its bytes go over and not its numbers. Safe for use by several threads at once.
/// </summary>
public sealed class PictureTensor : IDisposable
{
    // Every shape of picture has its own; a run over strangers' videos meets any number of shapes.
    internal const int MostShapes = 64;

    private readonly PictureCard _card;
    private readonly float[] _values = new float[3 * 256]; // normalised value of each byte, channel by channel
    private readonly ConcurrentDictionary<(int Width, int Height), PictureScaler> _scalers = new();

    private readonly OnnxMemory _memory;
    private readonly CudaPictures? _onCard;

    /// <param name="device">Where the model is; null for the CPU.</param>
    public PictureTensor(PictureCard card, ModelDevice? device = null)
    {
        _card = card;
        _memory = device?.Memory ?? OnnxMemory.Host;
        Name = string.Join<object>(' ', [.. card.Size.Cast<object>(), card.Resize, card.Filter, .. card.Mean.Cast<object>(), .. card.Std.Cast<object>(), card.Layout]);
        for (var i = 0; i < _values.Length; i++)
            _values[i] = ((i & 255) / 255f - card.Mean[i >> 8]) / card.Std[i >> 8];
        if (device?.Kernels is { } kernels)
            _onCard = new(kernels, card, _values);
    }

    /// <summary>Equal for cards that make the same numbers of the same frames.</summary>
    internal string Name { get; }

    /// <summary>What each byte becomes: 256 values for each channel.</summary>
    internal ReadOnlySpan<float> Values => _values;

    private int Plane => _card.Size[0] * _card.Size[1];

    /// <summary>The tensor of a batch of clips, at least one, all with the same number of frames in the order of the model's time.</summary>
    /// <param name="wanted">The type that the model takes. On a card it gets 16-bit floats at once; else they are 32-bit.</param>
    /// <exception cref="ArgumentException">A frame's bytes do not fit its size.</exception>
    /// <exception cref="CudaException">The model's card failed, or is out of memory.</exception>
    public OnnxValue Batch(IReadOnlyList<IReadOnlyList<KeptFrame>> clips, TensorElementType wanted = TensorElementType.Float)
    {
        int frames = clips[0].Count, w = _card.Size[0], h = _card.Size[1];
        long[] shape = _card.Layout switch
        {
            PictureLayout.Btchw => [clips.Count, frames, 3, h, w],
            PictureLayout.Bcthw => [clips.Count, 3, frames, h, w],
            _ => [clips.Count * frames, 3, h, w],
        };
        var onCard = _onCard is not null && clips.All(clip => clip.All(frame => Check(frame) == Check(clip[0])) && _onCard.Takes(clip[0].Width, clip[0].Height));
        var tensor = onCard ? _memory.Allocate(wanted == TensorElementType.Float16 ? wanted : TensorElementType.Float, shape) : OnnxValue.Allocate<float>(shape);
        try
        {
            if (onCard)
            {
                _onCard!.Write(clips, tensor);
                return tensor;
            }
            var length = frames * 3 * Plane;
            for (var i = 0; i < clips.Count; i++)
                Write(clips[i], tensor.Data<float>().Slice(i * length, length));
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>Writes one clip: frames * 3 * height * width values.</summary>
    internal void Write(IReadOnlyList<KeptFrame> frames, Span<float> clip)
    {
        var frameStride = _card.Layout == PictureLayout.Bcthw ? Plane : 3 * Plane;
        var channelStride = _card.Layout == PictureLayout.Bcthw ? frames.Count * Plane : Plane;
        for (var t = 0; t < frames.Count; t++)
        {
            var rgb = Resize(frames[t]);
            for (var c = 0; c < 3; c++)
            {
                var plane = clip.Slice(t * frameStride + c * channelStride, Plane);
                for (var i = 0; i < plane.Length; i++)
                    plane[i] = _values[(c << 8) + rgb[3 * i + c]];
            }
        }
    }

    /// <summary>The frame at the model's size, RGB24.</summary>
    /// <exception cref="ArgumentException">The frame's bytes do not fit its size.</exception>
    internal byte[] Resize(KeptFrame frame)
    {
        var found = Check(frame);
        var rgb = new byte[3 * Plane];
        if (_scalers.Count >= MostShapes)
            _scalers.Clear();
        _scalers.GetOrAdd(found, size => new PictureScaler(size.Width, size.Height, _card)).Resize(frame.Rgb, rgb);
        return rgb;
    }

    public void Dispose() => _onCard?.Dispose();

    private static (int Width, int Height) Check(KeptFrame frame) => frame.Width >= 1 && frame.Height >= 1 && frame.Rgb.Length == 3 * frame.Width * frame.Height
        ? (frame.Width, frame.Height)
        : throw new ArgumentException($"frame {frame.Index}: found {frame.Rgb.Length} bytes, expected 3 x {frame.Width} x {frame.Height}");
}
