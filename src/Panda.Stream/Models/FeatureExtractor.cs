using Panda.Stream.Kernels;
using Panda.Stream.Models.Calls;
using Panda.Stream.Models.Pictures;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Videos;

namespace Panda.Stream.Models;

/// <summary>Frames to the feature maps between which a perceptual distance is taken, and that distance. Safe for use by several threads at once.</summary>
/// <remarks>
/// Session <c>features</c> gives <c>layer_1</c>, <c>layer_2</c>... [batch, channels, rows, columns] and with each <c>weights_N</c>
/// [channels], a constant of the graph: so the weights of LPIPS travel in the same file as the net that they were learnt for.
/// </remarks>
public sealed class FeatureExtractor : IDisposable
{
    private readonly LoadedCard _card;
    private readonly PictureTensor _pictures;
    private readonly ModelSession _features;
    private readonly string[] _layers;
    private readonly CudaFeatureDistance? _onCard; // where the features stay on a card

    /// <exception cref="ModelCardException">The card is of another kind, its session has other tensors, or a weight is below zero.</exception>
    public FeatureExtractor(LoadedCard card, ModelOptions options) : this(card, new SessionPool(options))
    {
    }

    /// <exception cref="ModelCardException">The same.</exception>
    public FeatureExtractor(LoadedCard card, SessionPool pool)
    {
        card.Require(ModelKind.Features);
        _card = card;
        _layers = [.. LayerNames(card.Card.Sessions["features"])];
        _features = pool.Open(card, "features");
        Calls = new(Name, Extract, pool.Options);
        _pictures = new PictureTensor(card.Card.Picture!, pool.Options.Device);
        try
        {
            var weights = ReadWeights();
            Distance = new(weights);
            if (pool.Options.Device?.Kernels is { } kernels && _features.Onnx.Outputs.Where(output => _layers.Contains(output.Name)).All(output => output.ElementType == TensorElementType.Float32))
                _onCard = new(kernels, weights);
        }
        catch (Exception error)
        {
            Dispose();
            if (card.Refusal("features", pool.Options.Device, error) is { } refusal)
                throw refusal;
            throw;
        }
    }

    public string Name => _card.Card.Name;

    public string Identity => _card.Identity;

    /// <summary>Width and height of the model's pictures: kept frames should not be smaller.</summary>
    public (int Width, int Height) PictureSize => _card.Card.PictureSize;

    /// <summary>What the features of one frame take: values, and for each place one number more.</summary>
    internal long BytesPerFrame => _features.Onnx.Outputs.Where(output => _layers.Contains(output.Name)).Sum(output =>
        output.Shape.Skip(1).Where(size => !size.IsFree).Aggregate(4L, (bytes, size) => bytes * size.Size)
        + output.Shape.Skip(2).Where(size => !size.IsFree).Aggregate(8L, (bytes, size) => bytes * size.Size));

    public FeatureDistance Distance { get; }

    /// <summary>The outputs <c>layer_1</c>, <c>layer_2</c>... as far as there are any.</summary>
    internal static IEnumerable<string> LayerNames(SessionCard session) =>
        Enumerable.Range(1, session.Outputs.Count).Select(number => $"layer_{number}").TakeWhile(session.Outputs.ContainsKey);

    internal static string WeightsOf(string layer) => layer.Replace("layer", "weights", StringComparison.Ordinal);

    /// <summary><see cref="Extract(IReadOnlyList{KeptFrame})"/>, where one bad frame costs itself alone.</summary>
    public ModelCalls<KeptFrame, FrameFeatures> Calls { get; }

    /// <summary>The features of each frame, in order.</summary>
    /// <exception cref="OnnxRuntimeException">The model failed.</exception>
    /// <exception cref="InvalidDataException">The model gave numbers that are not finite.</exception>
    public IReadOnlyList<FrameFeatures> Extract(IReadOnlyList<KeptFrame> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        // Each alone: in a batch the last bits of a feature depend on how many others came at the same time, and would show in the rows.
        return [.. frames.Select(Extract)];
    }

    private FrameFeatures Extract(KeptFrame frame)
    {
        if (_onCard is not null)
        {
            using var pixels = Pixels(frame);
            return new(frame.Index, new CardFeatures(_features.RunThere([new("pixel_values", pixels)], _layers), _onCard));
        }
        var outputs = Run(frame, _layers);
        try
        {
            return new FrameFeatures(frame.Index, Array.ConvertAll(outputs, output => ToMap(output, frame)));
        }
        finally
        {
            Array.ForEach(outputs, output => output.Dispose());
        }
    }

    public void Dispose()
    {
        _pictures.Dispose();
        _features.Dispose();
    }

    private OnnxValue[] Run(KeptFrame frame, string[] outputs)
    {
        using var pixels = Pixels(frame);
        return _features.Run([new("pixel_values", pixels)], outputs);
    }

    private OnnxValue Pixels(KeptFrame frame) => _pictures.Batch([[frame]], _features.InputType("pixel_values"));

    private FeatureMap ToMap(OnnxValue output, KeptFrame frame)
    {
        var values = output.Data<float>().ToArray();
        return values.All(float.IsFinite) ? new(values, (int)output.Shape[1])
            : throw new InvalidDataException($"{Name}: found a number that is not finite in the features of frame {frame.Index}, expected finite ones");
    }

    // They do not depend on the picture, but a session runs on one.
    private float[][] ReadWeights()
    {
        var (width, height) = PictureSize;
        var outputs = Run(new KeptFrame(0, 0, width, height, new byte[3 * width * height]), Array.ConvertAll(_layers, WeightsOf));
        var weights = Array.ConvertAll(outputs, output =>
        {
            using (output)
                return output.Data<float>().ToArray();
        });
        for (var i = 0; i < weights.Length; i++)
            if (weights[i].FirstOrDefault(weight => !(weight >= 0 && float.IsFinite(weight))) is var wrong and not 0)
                throw _card.Unfit($"sessions.features.outputs.{WeightsOf(_layers[i])}", $"{WeightsOf(_layers[i])}: found a weight of {wrong}, expected none below 0");
        return weights;
    }
}
