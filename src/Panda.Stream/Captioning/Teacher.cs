using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.OnnxRuntime.Tensors;
using Panda.Stream.Captioning.Stages;
using Panda.Stream.Models;
using Panda.Stream.Models.Calls;
using Panda.Stream.Models.Generation;
using Panda.Stream.Models.Pictures;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Videos;

namespace Panda.Stream.Captioning;

/// <summary>A clip for which a text is wanted, and the texts about it that there are already.</summary>
internal sealed record ClipQuestion(CaptionRequest Request, IReadOnlyDictionary<string, string> Texts);

/// <summary>The text, or why there is none.</summary>
internal sealed record ClipAnswer(string Text, string? Error);

/// <summary>A model that writes captions: stages make tensors and texts of a clip, the prompt puts them in order, the text is written token by token. Safe for use by several threads at once.</summary>
public sealed class Teacher : IDisposable
{
    private const string Frames = "frames";

    private static readonly Dictionary<string, string> NoTexts = [];

    private readonly LoadedCard _card;
    private readonly PictureTensor? _pictures;
    private readonly TensorElementType _framesType;
    private readonly Prompt _prompt;
    private readonly List<IDisposable> _opened = [];
    private readonly List<Action<IReadOnlyList<ClipWork>, Dictionary<string, StageTensor>>> _stages = [];
    private readonly List<AskStage> _asked = [];
    private readonly LanguageModel _model;
    private readonly StopRule _stop;
    private readonly TextGenerator _writer;
    private readonly ModelCalls<ClipQuestion, ClipAnswer> _calls;

    /// <exception cref="ModelCardException">The card is not a teacher's, or its sessions have other tensors.</exception>
    public Teacher(LoadedCard card, ModelOptions options) : this(card, new SessionPool(options))
    {
    }

    /// <exception cref="ModelCardException">The same.</exception>
    public Teacher(LoadedCard card, SessionPool pool) : this(card, pool, [])
    {
    }

    private Teacher(LoadedCard card, SessionPool pool, IReadOnlyList<string> askers)
    {
        card.Require(ModelKind.Teacher);
        _card = card;
        _prompt = new Prompt(card.Card.Prompt!, card.Tokenizer!);
        _calls = new(Name, AnswerTogether, pool.Options, question => question.Request.Time);
        _stop = new StopRule(card.Card.Generation!, card.Tokenizer!);
        try
        {
            for (var i = 0; i < card.Card.AllStages.Count; i++)
                Open(card.Card.AllStages[i], $"stages[{i}]", pool, [.. askers, card.CardPath]);
            if (card.Card.Picture is { } picture)
                _opened.Add(_pictures = new PictureTensor(picture, pool.Options.Device));
            var types = _opened.OfType<SessionStage>().Select(stage => stage.TypeOf(Frames)).OfType<TensorElementType>().Distinct().ToArray();
            _framesType = types is [var only] ? only : TensorElementType.Float;
            _opened.Add(_model = new LanguageModel(card, pool));
        }
        catch
        {
            Dispose();
            throw;
        }
        _writer = new TextGenerator(_model, _stop);
        Identity = _asked.Count == 0 ? card.Identity
            : $"{Name}@{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', _asked.Select(asked => asked.Identity).Prepend(card.Identity)))))[..8]}";
    }

    public string Name => _card.Card.Name;

    /// <summary>The card's name and eight hexadecimal digits that change with it, any of its files and any model that it asks.</summary>
    public string Identity { get; }

    /// <summary>Width and height of the model's pictures: kept frames should not be smaller.</summary>
    public (int Width, int Height) PictureSize => _asked.Select(asked => asked.PictureSize).Append(_card.Card.PictureSize).MaxBy(size => Math.Max(size.Width, size.Height));

    /// <summary>Frames that it takes of a clip.</summary>
    public int FramesOfAClip => _card.Card.Frames!.Count;

    /// <summary>One candidate a request, in order: a caption, or the error that kept this request from one.</summary>
    public IReadOnlyList<Candidate> Caption(IReadOnlyList<CaptionRequest> requests) =>
        [.. Answer([.. requests.Select(request => new ClipQuestion(request, NoTexts))]).Select(answer => answer.Error is null
            ? new Candidate(Name, answer.Text, null, null)
            : new Candidate(Name, "", null, answer.Error))];

    public void Dispose() => _opened.ForEach(opened => opened.Dispose());

    public ModelCallCounts Calls => _calls.Counts;

    internal IReadOnlyList<ClipAnswer> Answer(IReadOnlyList<ClipQuestion> questions) =>
        [.. _calls.Run(questions).Select(answer => answer.Error is { } error ? Failed(error.Message) : answer.Value)];

    private void Open(StageCard stage, string path, SessionPool pool, IReadOnlyList<string> askers)
    {
        if (stage.Run is { } session)
        {
            var opened = new SessionStage(stage, _card.HashOf(session), pool.Open(_card, session));
            _opened.Add(opened);
            _stages.Add(opened.Run);
        }
        else if (stage.Ask is { } name)
        {
            if (askers.Contains(_card.PathBeside(name)))
                throw _card.Unfit($"{path}.ask", $"{path}.ask: found '{name}', which asks this model in its turn, expected one that does not");
            var asked = new AskStage(stage, new Teacher(LoadedCard.Load(_card.PathBeside(name)), pool, askers));
            _opened.Add(asked);
            _asked.Add(asked);
            _stages.Add((clips, _) => asked.Run(clips));
        }
        else
        {
            _stages.Add(new TagStage(stage, _card.ReadLines(stage.Labels!)).Run);
        }
    }

    /// <summary>Clips are worked on together that have equally many frames; all other lengths are those of the model.</summary>
    private ClipAnswer[] AnswerTogether(IReadOnlyList<ClipQuestion> questions)
    {
        var clips = questions.Select(question => new ClipWork(question.Request, Choose(question.Request), question.Texts)).ToArray();
        var answers = new ClipAnswer[clips.Length];
        foreach (var group in clips.Index().GroupBy(clip => clip.Item.Frames.Count))
        {
            var written = Write([.. group.Select(clip => clip.Item)]);
            foreach (var (place, answer) in group.Select(clip => clip.Index).Zip(written))
                answers[place] = answer;
        }
        return answers;
    }

    private KeptFrame[] Choose(CaptionRequest request) =>
        _card.Card.Frames is { } rule ? rule.Choose(request.Kept, request.Start, request.FrameCount, request.ClipId, request.FrameRate) : [];

    private List<ClipAnswer> Write(ClipWork[] clips)
    {
        var tensors = new Dictionary<string, StageTensor>();
        try
        {
            if (_pictures is not null)
                tensors[Frames] = new(() => _pictures.Batch([.. clips.Select(clip => clip.Frames)], _framesType), [.. clips.Select(clip => $"{_pictures.Name}[{string.Join(',', clip.Frames.Select(frame => frame.Index))}]")]);
            if (_card.Card.Text is { } text)
                AddText(text, clips, tensors);
            foreach (var stage in _stages)
                stage(clips, tensors);
            var prompts = Join(clips, tensors);
            var written = _writer.Generate([.. prompts.Index().Where(prompt => clips[prompt.Index].Error is null).Select(prompt => prompt.Item)]).GetEnumerator();
            return clips.Select(clip =>
            {
                if (clip.Error is { } error)
                    return Failed(error);
                written.MoveNext();
                return Answer((GeneratedTokens)written.Current);
            }).ToList();
        }
        finally
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
        }
    }

    private void AddText(StageTextCard card, ClipWork[] clips, Dictionary<string, StageTensor> tensors)
    {
        var texts = clips.Select(clip => _prompt.Fields.Fill(card.Text, clip)).ToArray();
        OnnxValue ids = OnnxValue.Allocate<long>(clips.Length, card.MaxTokens), mask = OnnxValue.Allocate<long>(clips.Length, card.MaxTokens);
        ids.Data<long>().Fill(_card.Tokenizer!.PaddingId ?? 0);
        mask.Data<long>().Clear();
        for (var i = 0; i < texts.Length; i++)
        {
            var row = _card.Tokenizer.Encode(texts[i], card.Specials, card.MaxTokens, card.Cut);
            for (var j = 0; j < row.Count; j++)
                (ids.Data<long>()[i * card.MaxTokens + j], mask.Data<long>()[i * card.MaxTokens + j]) = (row[j], 1);
        }
        // Another card may have another tokenizer: what is made of a text is not shared.
        (tensors["text_ids"], tensors["text_mask"]) = (new(ids, null), new(mask, null));
    }

    /// <summary>Each prompt as the model reads it: tensors and the vectors of tokens in their order, or ids alone.</summary>
    private GenerationPrompt[] Join(ClipWork[] clips, Dictionary<string, StageTensor> tensors)
    {
        var prompts = Array.ConvertAll(clips, clip => _prompt.For(clip));
        string Identity(int clip) => $"{clips[clip].Request.ClipId}/{Name}/{_model.Generation.Seed}";
        if (!_model.ReadsVectors)
            return [.. prompts.Select((parts, i) => (Ids: parts.SelectMany(part => part.Ids).ToArray(), i)).Select(prompt => new GenerationPrompt([], prompt.Ids, NotEmpty(prompt.Ids.Length), Identity(prompt.i)))];
        int[] ids = [.. prompts.SelectMany(parts => parts).SelectMany(part => part.Ids)];
        using var embedded = ids.Length > 0 ? _model.Vectors(ids, rows: 1) : null;
        ReadOnlySpan<float> text = embedded is null ? [] : embedded.Data<float>();
        var joined = new GenerationPrompt[prompts.Length];
        for (var i = 0; i < prompts.Length; i++)
        {
            var vectors = new List<float>();
            var length = 0;
            foreach (var part in prompts[i])
            {
                if (part.Tensor is { } name)
                {
                    var tensor = tensors[name];
                    var (tokens, width) = ((int)tensor.Value.Shape[1], (int)tensor.Value.Shape[2]);
                    vectors.AddRange(tensor.Floats.Slice(i * tokens * width, tokens * width));
                    length += tokens;
                }
                else
                {
                    var size = part.Ids.Count * (int)embedded!.Shape[2];
                    vectors.AddRange(text[..size]);
                    text = text[size..];
                    length += part.Ids.Count;
                }
            }
            joined[i] = new([.. vectors], [], NotEmpty(length), Identity(i));
        }
        return joined;
    }

    private static int NotEmpty(int length) => length > 0 ? length : throw new ArgumentException("found a prompt without a token, expected one or more");

    private ClipAnswer Answer(GeneratedTokens generated)
    {
        if (generated.Error is { } error)
            return Failed(error);
        var text = PostProcessing.Apply(_card.Card.Post, _stop.Text(generated.Ids));
        return text.EnumerateRunes().Any(Rune.IsLetterOrDigit) ? new(text, null) : Failed("found an empty caption, expected words");
    }

    private static ClipAnswer Failed(string error) => new("", error.ReplaceLineEndings(" "));
}
