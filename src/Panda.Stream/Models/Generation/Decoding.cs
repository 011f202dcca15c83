using Panda.Stream.Kernels;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models.Generation;

/// <summary>
/// A batch of rows that are being written: the first pass reads the prompts, each further one a token a row. Rows may leave, change places
/// or double between passes. For one thread at a time.
/// </summary>
internal sealed class Decoding : IDisposable
{
    // A product with weights that are no constants of the graph is rounded otherwise for a single row than for several, by another
    // routine of ONNX Runtime's; from two rows on, a row's numbers do not depend on how many there are. So a single row brings a copy of itself.
    internal const int LeastRows = 2;

    private readonly LanguageModel _model;
    private readonly OnnxBinding _binding;
    private readonly KeyValueCache _cache;
    private readonly CrossCache? _cross;
    private readonly bool _padsLeft;
    private Row[] _rows;
    private bool _outputsBound;
    private int _columns; // that the decoder has read, padding among them
    private OnnxValue? _encoded, _encodedMask, _scores;
    private OnnxValue[] _inputs = [];

    /// <param name="Prompt">Place of its prompt in the batch.</param>
    /// <param name="Length">Its tokens so far, those of an encoder not among them.</param>
    private readonly record struct Row(int Prompt, int Length);

    private Decoding(LanguageModel model, IReadOnlyList<GenerationPrompt> prompts)
    {
        var rows = Math.Max(LeastRows, prompts.Count);
        _model = model;
        _padsLeft = model.Cache.Buffer == CacheBuffer.Growing;
        _columns = model.Encoder is null ? model.PaddedLength(prompts[0].Length) : 1;
        _rows = [.. Enumerable.Range(0, rows).Select(i => i < prompts.Count ? i : 0).Select(i => new Row(i, model.Encoder is null ? prompts[i].Length : 1))];
        Count = prompts.Count;
        var (type, memory) = (model.Decoder.InputType(model.Cache.PastNames[0]), model.Decoder.Onnx.Memory);
        _cache = model.Cache.Buffer == CacheBuffer.Shared ? new SharedCache(model.Cache, type, memory, rows, BufferLength()) : new GrowingCache(model.Cache, type, memory, rows);
        _cross = model.Cache.CrossPast is null ? null : new CrossCache(model.Cache, type, memory, rows);
        _binding = new OnnxBinding(model.Decoder.Onnx);
    }

    /// <summary>Rows that are written.</summary>
    internal int Count { get; private set; }

    /// <summary>Reads prompts of one padded length.</summary>
    internal static Decoding Start(LanguageModel model, IReadOnlyList<GenerationPrompt> prompts)
    {
        var decoding = new Decoding(model, prompts);
        try
        {
            decoding.ReadPrompts([.. decoding._rows.Select(row => prompts[row.Prompt])]);
            return decoding;
        }
        catch
        {
            decoding.Dispose();
            throw;
        }
    }

    /// <summary>The scores of a row's next token in the machine's memory, until the next pass.</summary>
    internal ReadOnlySpan<float> Scores(int row)
    {
        if (_scores!.Memory != OnnxMemory.Host)
            using (var there = _scores)
                _scores = there.To(TensorElementType.Float32);
        return _scores.Data<float>().Slice(checked((int)Place(row)), Vocabulary);
    }

    /// <summary>The same where the model left them, until the next pass; null where that is the machine's memory.</summary>
    internal CardScores? ScoresOnCard => _scores!.Memory == OnnxMemory.Host ? null : _scores.ElementType switch
    {
        TensorElementType.Float16 => new(row => _scores.Address + 2 * (nint)Place(row), Vocabulary, LogitsType.Float16),
        TensorElementType.BFloat16 => new(row => _scores.Address + 2 * (nint)Place(row), Vocabulary, LogitsType.BFloat16),
        _ => new(row => _scores.Address + sizeof(float) * (nint)Place(row), Vocabulary, LogitsType.Float32),
    };

    /// <summary>The next pass: each row continues one of the present ones with a token.</summary>
    internal void Continue(IReadOnlyList<int> rows, IReadOnlyList<int> tokens)
    {
        var before = _rows;
        if (rows.Count < LeastRows)
        {
            // Where the copy is of this row already, it goes on in its own place.
            var copy = Count == 1 ? 1 : rows[0];
            (rows, tokens) = ([rows[0], copy], [tokens[0], tokens[0]]);
            Count = 1;
        }
        else
        {
            Count = rows.Count;
        }
        _rows = [.. rows.Select(row => before[row] with { Length = before[row].Length + 1 })];
        _columns++;
        if (rows.Count != before.Length || rows.Index().Any(row => row.Index != row.Item))
        {
            _cache.Select(rows);
            _outputsBound = false;
        }
        if (_encodedMask is not null && !_rows.Select(row => row.Prompt).SequenceEqual(before.Select(row => row.Prompt)))
            SelectEncoded(rows);

        var input = _model.Decoder.Has("inputs_embeds") ? _model.InputVectors(tokens, rows.Count) : Integers(tokens, rows.Count, 1);
        Pass(_model.Decoder, input, 1, isFirst: false);
    }

    public void Dispose()
    {
        _binding.Dispose();
        _cache.Dispose();
        _cross?.Dispose();
        _encoded?.Dispose();
        _encodedMask?.Dispose();
        _scores?.Dispose();
        Array.ForEach(_inputs, input => input.Dispose());
    }

    private int Vocabulary => (int)_scores!.Shape[2];

    /// <summary>Where a row's scores begin.</summary>
    private long Place(int row)
    {
        var columns = (int)_scores!.Shape[1];
        var column = _padsLeft || columns == 1 ? columns - 1 : _rows[row].Length - 1;
        return ((long)row * columns + column) * Vocabulary;
    }

    private int BufferLength()
    {
        var wanted = _columns + _model.Generation.MaxNew;
        return _model.Cache.Length is { } length && wanted > length
            ? throw new ArgumentException($"found a prompt of {_columns} tokens and max_new {_model.Generation.MaxNew}, expected at most cache.length, {length}, together")
            : wanted;
    }

    private void ReadPrompts(IReadOnlyList<GenerationPrompt> prompts)
    {
        var decoder = _model.First ?? _model.Decoder;
        OnnxValue input;
        if (_model.Encoder is { } encoder)
        {
            Encode(encoder, prompts);
            int[] start = [.. prompts.Select(_ => _model.Generation.Start)];
            input = decoder.Has("inputs_embeds") ? _model.InputVectors(start, start.Length) : Integers(start, start.Length, 1);
        }
        else
        {
            input = Padded(prompts, _columns, _padsLeft);
        }
        Pass(decoder, input, _columns, isFirst: true);
    }

    private void Encode(ModelSession encoder, IReadOnlyList<GenerationPrompt> prompts)
    {
        var length = _model.PaddedLength(prompts[0].Length);
        using var input = Padded(prompts, length, left: false);
        _encodedMask = Mask([.. prompts.Select(prompt => prompt.Length)], length, left: false);
        _encoded = encoder.RunThere([new(_model.ReadsVectors ? "inputs_embeds" : "input_ids", input), new("attention_mask", _encodedMask)], "last_hidden_state")[0];
    }

    /// <summary>Runs a decoder on what each row reads, and takes its scores and what it adds to the cache.</summary>
    private void Pass(ModelSession decoder, OnnxValue input, int columns, bool isFirst)
    {
        var binding = decoder == _model.Decoder ? _binding : new OnnxBinding(decoder.Onnx);
        try
        {
            var inputs = new List<OnnxValue>();
            Give(decoder.Has("inputs_embeds") ? "inputs_embeds" : "input_ids", () => input);
            if (inputs.Count == 0)
                input.Dispose();
            var total = isFirst || _padsLeft ? _columns : _rows.Max(row => row.Length);
            Give("attention_mask", () => Mask([.. _rows.Select(row => row.Length)], total, _padsLeft));
            Give("position_ids", () => Positions(columns, isFirst));
            Give("seqlens_k", () => Integers([.. _rows.Select(row => row.Length - 1)], _rows.Length));
            Give("total_sequence_length", () => Integers([total], decoder.RankOf("total_sequence_length") == 0 ? [] : [1]));
            Give("use_cache_branch", () => Integers([isFirst ? 0 : 1], 1));
            if (_encoded is not null)
            {
                Keep("encoder_hidden_states", ref _encoded);
                Keep("encoder_attention_mask", ref _encodedMask!);
            }
            if (decoder.Has(_model.Cache.PastNames[0]))
                _cache.BindPast(binding);
            if (_cross is not null && decoder.Has(_model.Cache.CrossPastNames[0]))
                _cross.BindPast(binding);
            if (binding != _binding || !_outputsBound)
            {
                binding.ClearOutputs();
                // Picked on the card, they need not come back.
                binding.Output("logits", _model.OnCard is null ? OnnxMemory.Host : decoder.Onnx.Memory);
                _cache.BindPresent(binding);
                if (isFirst)
                    _cross?.BindPresent(binding);
                _outputsBound = binding == _binding && (_cross is null || !isFirst); // a first pass has other outputs than the next
            }

            var outputs = decoder.Run(binding);
            Array.ForEach(_inputs, earlier => earlier.Dispose());
            _inputs = [.. inputs];
            _scores?.Dispose();
            _scores = outputs[0].Memory == OnnxMemory.Host ? ModelSession.ToFloat(outputs[0]) : outputs[0];
            var layers = _model.Cache.PresentNames.Count;
            _cache.Take(outputs.AsSpan(1, layers));
            if (isFirst)
                _cross?.Take(outputs.AsSpan(1 + layers));

            void Give(string name, Func<OnnxValue> make)
            {
                if (!decoder.Has(name))
                    return;
                var value = decoder.ToInput(name, make());
                inputs.Add(value);
                binding.Input(name, value);
            }

            void Keep(string name, ref OnnxValue value)
            {
                if (!decoder.Has(name))
                    return;
                value = decoder.ToInput(name, value);
                binding.Input(name, value);
            }
        }
        finally
        {
            if (binding != _binding)
                binding.Dispose();
        }
    }

    private void SelectEncoded(IReadOnlyList<int> rows)
    {
        _cross?.Select(rows);
        OnnxValue[] encoded = [_encoded!], mask = [_encodedMask!];
        KeyValueCache.Gather(encoded, rows);
        KeyValueCache.Gather(mask, rows);
        (_encoded, _encodedMask) = (encoded[0], mask[0]);
    }

    private OnnxValue Padded(IReadOnlyList<GenerationPrompt> prompts, int length, bool left)
    {
        if (!_model.ReadsVectors)
        {
            var ids = OnnxValue.Allocate<long>(prompts.Count, length);
            ids.Data<long>().Clear();
            for (var i = 0; i < prompts.Count; i++)
                for (var j = 0; j < prompts[i].Length; j++)
                    ids.Data<long>()[i * length + (left ? length - prompts[i].Length : 0) + j] = prompts[i].Ids[j];
            return ids;
        }
        var width = prompts[0].Vectors.Length / prompts[0].Length;
        var padded = OnnxValue.Allocate<float>(prompts.Count, length, width);
        var values = padded.Data<float>();
        values.Clear();
        for (var i = 0; i < prompts.Count; i++)
            prompts[i].Vectors.CopyTo(values[((i * length + (left ? length - prompts[i].Length : 0)) * width)..]);
        return padded;
    }

    private OnnxValue Positions(int columns, bool isFirst)
    {
        var positions = OnnxValue.Allocate<long>(_rows.Length, columns);
        var values = positions.Data<long>();
        for (var i = 0; i < _rows.Length; i++)
            for (var j = 0; j < columns; j++)
            {
                var column = _columns - columns + j;
                values[i * columns + j] = _model.Generation.Positions == PositionRule.Arange ? column
                    : _padsLeft ? Math.Max(0, column - (_columns - _rows[i].Length))
                    : isFirst ? column : _rows[i].Length - 1;
            }
        return positions;
    }

    private static OnnxValue Mask(int[] lengths, int columns, bool left)
    {
        var mask = OnnxValue.Allocate<long>(lengths.Length, columns);
        var values = mask.Data<long>();
        values.Clear();
        for (var i = 0; i < lengths.Length; i++)
            values.Slice(i * columns + (left ? columns - lengths[i] : 0), lengths[i]).Fill(1);
        return mask;
    }

    private static OnnxValue Integers(IReadOnlyList<int> numbers, params ReadOnlySpan<long> shape)
    {
        var value = OnnxValue.Allocate<long>(shape);
        for (var i = 0; i < numbers.Count; i++)
            value.Data<long>()[i] = numbers[i];
        return value;
    }
}
