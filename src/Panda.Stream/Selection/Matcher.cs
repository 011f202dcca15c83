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
    private readonly ModelSession _vision, _text;
    private readonly ModelSession? _fusion;
    private readonly ModelCalls<(CaptionRequest Clip, string Caption), float> _calls;

    /// <exception cref="ModelCardException">The card is not a matcher's, or its sessions have other tensors.</exception>
    public Matcher(LoadedCard card, ModelOptions options) : this(card, new SessionPool(options))
    {
    }

    /// <exception cref="ModelCardException">The same.</exception>
    public Matcher(LoadedCard card, SessionPool pool)
    {
        card.Require(ModelKind.Matcher);
        _card = card;
        _captions = new TextTower(card.Card.Tokenizer!, card.Tokenizer!);
        (_vision, _text) = (pool.Open(card, "vision"), pool.Open(card, "text"));
        if (Expression != ScoreExpression.Itc)
            _fusion = pool.Open(card, "fusion");
        _pictures = new PictureTensor(card.Card.Picture!, pool.Options.Device);
        _calls = new(Name, pairs => Scores(pairs[0].Clip, [.. pairs.Select(pair => pair.Caption)]), pool.Options, pair => pair.Clip.Time);
    }

    public string Name => _card.Card.Name;

    public string Identity => _card.Identity;

    /// <summary>Width and height of the model's pictures: kept frames should not be smaller.</summary>
    public (int Width, int Height) PictureSize => _card.Card.PictureSize;

    /// <summary>Frames that it takes of a clip.</summary>
    public int FramesOfAClip => _card.Card.Frames!.Count;

    /// <summary>The score from which a caption counts as a match; null where that was not calibrated.</summary>
    public double? Threshold => _card.Card.Score!.Threshold;

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
        _pictures.Dispose();
        _vision.Dispose();
        _text.Dispose();
        _fusion?.Dispose();
    }

    public ModelCallCounts Calls => _calls.Counts;

    private string Named(string error) => error.StartsWith($"{Name}: ", StringComparison.Ordinal) ? error : $"{Name}: {error}";

    private float[] Scores(CaptionRequest clip, IReadOnlyList<string> captions)
    {
        using var pixels = _pictures.Batch([_card.Card.Frames!.Choose(clip.Kept, clip.Start, clip.FrameCount, clip.ClipId)], _vision.InputType("pixel_values"));
        var (ids, mask) = _captions.Encode(captions);
        using (ids)
        using (mask)
        {
            // What an expression does not need is not asked for.
            string[] vision = [.. ScoreTensors.Video(Expression)], texts = [.. ScoreTensors.Text(Expression)];
            var video = _vision.RunThere([new("pixel_values", pixels)], vision);
            var text = _text.RunThere([new("input_ids", ids), new("attention_mask", mask)], texts);
            try
            {
                var cosines = Expression is ScoreExpression.Itc or ScoreExpression.Mixed ? Cosines(video[^1], text[^1]) : [];
                if (_fusion is null)
                    return cosines;
                // The clip's tokens once for every caption.
                using var repeated = video[0].Gather(new int[captions.Count]);
                using var itm = _fusion.Run([new("video_tokens", repeated), new("text_tokens", text[0]), new("attention_mask", mask)], "itm")[0];
                return Scores(itm.Data<float>(), cosines);
            }
            finally
            {
                foreach (var value in video.Concat(text))
                    value.Dispose();
            }
        }
    }

    /// <param name="logits">Two a caption: no match, match.</param>
    /// <param name="cosines">One a caption, where the expression mixes.</param>
    private float[] Scores(ReadOnlySpan<float> logits, float[] cosines)
    {
        var scores = new float[logits.Length / 2];
        for (var i = 0; i < scores.Length; i++)
            scores[i] = Expression == ScoreExpression.ItmLogit ? logits[2 * i + 1] : 1 / (1 + MathF.Exp(logits[2 * i] - logits[2 * i + 1])); // softmax of two
        if (Expression != ScoreExpression.Mixed)
            return scores;
        var mix = _card.Card.Score!.Mix!;
        var largest = cosines.Max();
        var shares = Array.ConvertAll(cosines, cosine => Math.Exp((cosine - largest) / mix.Temperature));
        var sum = shares.Sum();
        for (var i = 0; i < scores.Length; i++)
            scores[i] = (float)(mix.Itm * scores[i] + mix.Itc * shares[i] / sum);
        return scores;
    }

    /// <summary>Mean over the clip's frames [1, frames, width] of the cosine with each caption [captions, width].</summary>
    private static float[] Cosines(OnnxValue video, OnnxValue text)
    {
        using OnnxValue videoFloats = video.To(TensorElementType.Float32), textFloats = text.To(TensorElementType.Float32);
        int frames = (int)video.Shape[1], width = (int)video.Shape[2];
        var scores = new float[(int)text.Shape[0]];
        for (var i = 0; i < scores.Length; i++)
        {
            for (var t = 0; t < frames; t++)
                scores[i] += TensorPrimitives.CosineSimilarity(videoFloats.Data<float>().Slice(t * width, width), textFloats.Data<float>().Slice(i * width, width)) / frames;
        }
        return scores;
    }
}
