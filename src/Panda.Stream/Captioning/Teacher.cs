using Panda.Stream.Models;
using Panda.Stream.Models.Calls;
using Panda.Stream.Models.Generation;
using Panda.Stream.Models.Pictures;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Captioning;

/// <summary>A model that writes captions: frames to visual tokens, prompt around them, text token by token. Safe for use by several threads at once.</summary>
public sealed class Teacher : IDisposable
{
    private readonly LoadedCard _card;
    private readonly PictureTensor _pictures;
    private readonly Prompt _prompt;
    private readonly OnnxSession _vision, _embed, _decoder;
    private readonly TokenEmbedding _embedding;
    private readonly GreedyDecoder _writer;
    private readonly ModelCalls<CaptionRequest, Candidate> _calls;

    /// <exception cref="ModelCardException">The card is not a teacher's, or its sessions have other tensors.</exception>
    public Teacher(LoadedCard card, ModelOptions options)
    {
        card.Require(ModelKind.Teacher);
        _card = card;
        _pictures = new PictureTensor(card.Card.Picture);
        _prompt = new Prompt(card.Card.Prompt!, card.Tokenizer!);
        (_vision, _embed, _decoder) = (card.Open("vision", options), card.Open("embed", options), card.Open("decoder", options));
        _embedding = new TokenEmbedding(_embed);
        _calls = new(Name, CaptionTogether, options, request => request.Time);
        _writer = new GreedyDecoder(_decoder, _embedding, card.Card.Generation!, card.Card.Cache!);
    }

    public string Name => _card.Card.Name;

    public string Identity => _card.Identity;

    /// <summary>Width and height of the model's pictures: kept frames should not be smaller.</summary>
    public (int Width, int Height) PictureSize => _card.Card.PictureSize;

    /// <summary>One candidate a request, in order: a caption, or the error that kept this request from one.</summary>
    public IReadOnlyList<Candidate> Caption(IReadOnlyList<CaptionRequest> requests) =>
        [.. _calls.Run(requests).Select(answer => answer.Error is { } error ? Failed(error.Message) : answer.Value)];

    public ModelCallCounts Calls => _calls.Counts;

    public void Dispose()
    {
        _vision.Dispose();
        _embed.Dispose();
        _decoder.Dispose();
    }

    private Candidate[] CaptionTogether(IReadOnlyList<CaptionRequest> requests)
    {
        var frames = requests.Select(request => _card.Card.Frames!.Choose(request.Kept, request.Start, request.FrameCount, request.ClipId)).ToArray();
        using var pixels = _pictures.Batch(frames);
        using var visual = _vision.Run([new("pixel_values", pixels)], "visual_tokens")[0];
        var prompts = requests.Select(_prompt.For).ToArray();
        return [.. _writer.Generate(Join(prompts, visual), (int)visual.Shape[2]).Select(ToCandidate)];
    }

    /// <summary>The vectors of each prompt: text before, visual tokens, text after.</summary>
    private float[][] Join(PromptTokens[] prompts, OnnxValue visual)
    {
        int width = (int)visual.Shape[2], length = (int)visual.Shape[1] * width;
        int[] ids = [.. prompts.SelectMany(prompt => prompt.Before.Concat(prompt.After))];
        using var embedded = ids.Length > 0 ? _embedding.Embed(ids, rows: 1) : null;
        ReadOnlySpan<float> text = embedded is null ? [] : embedded.Data<float>();
        var joined = new float[prompts.Length][];
        for (var i = 0; i < prompts.Length; i++)
        {
            int before = prompts[i].Before.Count * width, after = prompts[i].After.Count * width;
            joined[i] = [.. text[..before], .. visual.Data<float>().Slice(i * length, length), .. text.Slice(before, after)];
            text = text[(before + after)..];
        }
        return joined;
    }

    private Candidate ToCandidate(GeneratedTokens generated)
    {
        if (generated.Error is { } error)
            return Failed(error);
        var caption = PostProcessing.Apply(_card.Card.Post, _card.Tokenizer!.Decode(generated.Ids));
        return caption.Length > 0 ? new(Name, caption, null, null) : Failed("found an empty caption, expected words");
    }

    private Candidate Failed(string error) => new(Name, "", null, error.ReplaceLineEndings(" "));
}
