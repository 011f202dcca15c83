using System.Collections.Concurrent;
using Panda.Stream.Videos;

namespace Panda.Stream.Models.Pictures;

/// <summary>Frames to a model's input: resized, normalised, in the card's layout. Safe for use by several threads at once.</summary>
public sealed class PictureTensor
{
    private readonly PictureCard card;
    private readonly float[] values = new float[3 * 256]; // normalised value of each byte, channel by channel
    private readonly ConcurrentDictionary<(int Width, int Height), PictureScaler> scalers = new();

    public PictureTensor(PictureCard card)
    {
        this.card = card;
        for (var i = 0; i < values.Length; i++)
            values[i] = ((i & 255) / 255f - card.Mean[i >> 8]) / card.Std[i >> 8];
    }

    private int Plane => card.Size[0] * card.Size[1];

    /// <summary>The shape of a batch of clips with this many frames each.</summary>
    public long[] Shape(int clips, int frames)
    {
        var (w, h) = (card.Size[0], card.Size[1]);
        return card.Layout switch
        {
            PictureLayout.Btchw => [clips, frames, 3, h, w],
            PictureLayout.Bcthw => [clips, 3, frames, h, w],
            _ => [clips * frames, 3, h, w],
        };
    }

    /// <summary>Writes the frames of one clip.</summary>
    /// <param name="frames">In the order of the model's time.</param>
    /// <param name="clip">The clip's part of a tensor of <see cref="Shape"/>: frames * 3 * height * width values.</param>
    public void Write(IReadOnlyList<KeptFrame> frames, Span<float> clip)
    {
        var frameStride = card.Layout == PictureLayout.Bcthw ? Plane : 3 * Plane;
        var channelStride = card.Layout == PictureLayout.Bcthw ? frames.Count * Plane : Plane;
        for (var t = 0; t < frames.Count; t++)
        {
            var rgb = Resize(frames[t]);
            for (var c = 0; c < 3; c++)
            {
                var plane = clip.Slice(t * frameStride + c * channelStride, Plane);
                for (var i = 0; i < plane.Length; i++)
                    plane[i] = values[(c << 8) + rgb[3 * i + c]];
            }
        }
    }

    /// <summary>The frame at the model's size, RGB24.</summary>
    /// <exception cref="ArgumentException">The frame's bytes do not fit its size.</exception>
    internal byte[] Resize(KeptFrame frame)
    {
        if (frame.Width < 1 || frame.Height < 1 || frame.Rgb.Length != 3 * frame.Width * frame.Height)
            throw new ArgumentException($"frame {frame.Index}: found {frame.Rgb.Length} bytes, expected 3 x {frame.Width} x {frame.Height}");
        var rgb = new byte[3 * Plane];
        scalers.GetOrAdd((frame.Width, frame.Height), size => new PictureScaler(size.Width, size.Height, card)).Resize(frame.Rgb, rgb);
        return rgb;
    }
}
