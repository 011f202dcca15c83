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
    private readonly ModelSession _image;

    /// <exception cref="ModelCardException">The card is not an embedder's, or its session has other tensors.</exception>
    public Embedder(LoadedCard card, ModelOptions options) : this(card, new SessionPool(options))
    {
    }

    /// <exception cref="ModelCardException">The same.</exception>
    public Embedder(LoadedCard card, SessionPool pool)
    {
        card.Require(ModelKind.Embedder);
        _card = card;
        _image = pool.Open(card, "image");
        _pictures = new PictureTensor(card.Card.Picture!, pool.Options.Device);
        Calls = new(Name, Embed, pool.Options);
    }

    public string Name => _card.Card.Name;

    public string Identity => _card.Identity;

    public DistanceThresholds Thresholds => _card.Card.Thresholds!.ToDistances();

    /// <summary>Width and height of the model's pictures: kept frames should not be smaller.</summary>
    public (int Width, int Height) PictureSize => _card.Card.PictureSize;

    /// <summary><see cref="Embed(IReadOnlyList{KeptFrame})"/>, where one bad frame costs itself alone.</summary>
    public ModelCalls<KeptFrame, float[]> Calls { get; }

    /// <summary>One vector a frame, in order, each computed alone.</summary>
    /// <remarks>
    /// What ONNX Runtime computes of several frames at once differs in the last bits from what it computes of one (a matrix product
    /// of one row is summed in another order), and so with the threads that share a batch: rows would depend on the company.
    /// </remarks>
    /// <exception cref="OnnxRuntimeException">The model failed.</exception>
    /// <exception cref="InvalidDataException">The model gave numbers that are not finite.</exception>
    public IReadOnlyList<float[]> Embed(IReadOnlyList<KeptFrame> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        return [.. frames.Select(Embed)];
    }

    public void Dispose()
    {
        _pictures.Dispose();
        _image.Dispose();
    }

    private float[] Embed(KeptFrame frame)
    {
        using var pixels = _pictures.Batch([[frame]], _image.InputType("pixel_values"));
        using var embedding = _image.Run([new("pixel_values", pixels)], "embedding")[0];
        var vector = embedding.Data<float>().ToArray();
        return vector.All(float.IsFinite)
            ? vector
            : throw new InvalidDataException($"{Name}: found a number that is not finite in the embedding of frame {frame.Index}, expected a unit vector");
    }
}
