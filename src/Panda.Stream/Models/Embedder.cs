using Panda.Stream.Models.Calls;
using Panda.Stream.Models.Pictures;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Splitting;
using Panda.Stream.Videos;

namespace Panda.Stream.Models;

/// <summary>Frames to unit vectors whose distances tell scenes apart. Safe for use by several threads at once.</summary>
public sealed class Embedder : IDisposable
{
    private readonly LoadedCard _card;
    private readonly PictureTensor _pictures;
    private readonly OnnxSession _image;

    /// <exception cref="ModelCardException">The card is not an embedder's, or its session has other tensors.</exception>
    public Embedder(LoadedCard card, ModelOptions options)
    {
        card.Require(ModelKind.Embedder);
        _card = card;
        _pictures = new PictureTensor(card.Card.Picture);
        _image = card.Open("image", options);
        Calls = new(Name, Embed, options);
    }

    public string Name => _card.Card.Name;

    public string Identity => _card.Identity;

    public DistanceThresholds Thresholds => _card.Card.Thresholds!.ToDistances();

    /// <summary>Width and height of the model's pictures: kept frames should not be smaller.</summary>
    public (int Width, int Height) PictureSize => _card.Card.PictureSize;

    /// <summary><see cref="Embed"/>, where one bad frame costs itself alone.</summary>
    public ModelCalls<KeptFrame, float[]> Calls { get; }

    /// <summary>One vector a frame, in order.</summary>
    /// <exception cref="OnnxRuntimeException">The model failed.</exception>
    /// <exception cref="InvalidDataException">The model gave numbers that are not finite.</exception>
    public IReadOnlyList<float[]> Embed(IReadOnlyList<KeptFrame> frames)
    {
        if (frames.Count == 0)
            return [];
        using var pixels = _pictures.Batch([.. frames.Select(frame => (IReadOnlyList<KeptFrame>)[frame])]);
        using var embedding = _image.Run([new("pixel_values", pixels)], "embedding")[0];
        var values = embedding.Data<float>();
        var length = values.Length / frames.Count;
        var vectors = new float[frames.Count][];
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = values.Slice(i * length, length).ToArray();
            if (!vectors[i].All(float.IsFinite))
                throw new InvalidDataException($"{Name}: found a number that is not finite in the embedding of frame {frames[i].Index}, expected a unit vector");
        }
        return vectors;
    }

    public void Dispose() => _image.Dispose();
}
