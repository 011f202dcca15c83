using System.Numerics.Tensors;
using Panda.Stream.Captioning;
using Panda.Stream.Models;
using Panda.Stream.Models.Calls;
using Panda.Stream.Models.Pictures;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Selection;

/// <summary>A model that says how well captions fit a clip: the clip's frames go through it once, all its captions in one batch. Safe for use by several threads at once.</summary>
public sealed class Matcher : IDisposable
{
    private readonly LoadedCard _card;
    private readonly PictureTensor _pictures;
    private readonly TextTower _captions;
    private readonly OnnxSession _vision, _text;
    private readonly OnnxSession? _fusion;
    private readonly ModelCalls<(CaptionRequest Clip, string Caption), float> _calls;

    /// <exception cref="ModelCardException">The card is not a matcher's, or its sessions have other tensors.</exception>
    public Matcher(LoadedCard card, ModelOptions options)
    {
        card.Require(ModelKind.Matcher);
        _card = card;
        _pictures = new PictureTensor(card.Card.Picture);
        _captions = new TextTower(card.Card.Tokenizer!, card.Tokenizer!);
        (_vision, _text) = (card.Open("vision", options), card.Open("text", options));
        if (Expression != ScoreExpression.Itc)
            _fusion = card.Open("fusion", options);
        _calls = new(Name, pairs => Scores(pairs[0].Clip, [.. pairs.Select(pair => pair.Caption)]), options, pair => pair.Clip.Time);
    }

    public string Name => _card.Card.Name;

    public string Identity => _card.Identity;

    /// <summary>Width and height of the model's pictures: kept frames should not be smaller.</summary>
    public (int Width, int Height) PictureSize => _card.Card.PictureSize;

    /// <summary>The score from which a caption counts as a match.</summary>
    public double Threshold => _card.Card.Score!.Threshold;

    private ScoreExpression Expression => _card.Card.Score!.Expression;

    /// <summary>The candidates with their scores, in order. Those without a caption stay as they are; one whose score fails gets the error.</summary>
    public IReadOnlyList<Candidate> Score(CaptionRequest clip, IReadOnlyList<Candidate> candidates)
    {
        var result = candidates.ToArray();
        int[] captioned = [.. Enumerable.Range(0, result.Length).Where(i => result[i] is { Error: null, Caption.Length: > 0 })];
        if (captioned.Length == 0)
            return result;
        var scores = _calls.Run([.. captioned.Select(i => (clip, result[i].Caption))]);
        foreach (var (i, score) in captioned.Zip(scores))
        {
            result[i] = score.Error is { } error ? result[i] with { Error = Named(error.Message.ReplaceLineEndings(" ")) }
                : float.IsFinite(score.Value) ? result[i] with { Score = score.Value }
                : result[i] with { Error = Named($"found the matching score {score.Value}, expected a finite number") };
        }
        return result;
    }

    public void Dispose()
    {
        _vision.Dispose();
        _text.Dispose();
        _fusion?.Dispose();
    }

    public ModelCallCounts Calls => _calls.Counts;

    private string Named(string error) => error.StartsWith($"{Name}: ", StringComparison.Ordinal) ? error : $"{Name}: {error}";

    private float[] Scores(CaptionRequest clip, IReadOnlyList<string> captions)
    {
        using var pixels = _pictures.Batch([_card.Card.Frames!.Choose(clip.Kept, clip.Start, clip.FrameCount, clip.ClipId)]);
        var (ids, mask) = _captions.Encode(captions);
        using (ids)
        using (mask)
        {
            var itc = _fusion is null;
            using var video = _vision.Run([new("pixel_values", pixels)], itc ? "video_embed" : "video_tokens")[0];
            using var text = _text.Run([new("input_ids", ids), new("attention_mask", mask)], itc ? "text_embed" : "text_tokens")[0];
            if (_fusion is null)
                return Cosines(video, text);
            using var repeated = Repeat(video, captions.Count);
            using var itm = _fusion.Run([new("video_tokens", repeated), new("text_tokens", text), new("attention_mask", mask)], "itm")[0];
            var logits = itm.Data<float>();
            var scores = new float[captions.Count];
            for (var i = 0; i < scores.Length; i++)
                scores[i] = Expression == ScoreExpression.ItmLogit ? logits[2 * i + 1] : 1 / (1 + MathF.Exp(logits[2 * i] - logits[2 * i + 1])); // softmax of two
            return scores;
        }
    }

    /// <summary>Mean over the clip's frames [1, frames, width] of the cosine with each caption [captions, width].</summary>
    private static float[] Cosines(OnnxValue video, OnnxValue text)
    {
        int frames = (int)video.Shape[1], width = (int)video.Shape[2];
        var scores = new float[(int)text.Shape[0]];
        for (var i = 0; i < scores.Length; i++)
        {
            for (var t = 0; t < frames; t++)
                scores[i] += TensorPrimitives.CosineSimilarity(video.Data<float>().Slice(t * width, width), text.Data<float>().Slice(i * width, width)) / frames;
        }
        return scores;
    }

    /// <summary>The clip's tokens once for every caption.</summary>
    private static OnnxValue Repeat(OnnxValue video, int times)
    {
        var repeated = OnnxValue.Allocate<float>([times, .. video.Shape[1..]]);
        ReadOnlySpan<float> once = video.Data<float>();
        for (var i = 0; i < times; i++)
            once.CopyTo(repeated.Data<float>()[(i * once.Length)..]);
        return repeated;
    }
}
