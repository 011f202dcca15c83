using Panda.Stream.Kernels;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models.Generation;

/// <summary>A prompt as a model reads it: the vectors of its tokens, or their ids where the model takes ids.</summary>
/// <param name="Vectors">The vectors one after the other; empty when <paramref name="Ids"/> is the prompt.</param>
/// <param name="Ids">The tokens; with vectors, none.</param>
/// <param name="Length">Tokens.</param>
/// <param name="Identity">What random numbers are drawn from.</param>
internal sealed record GenerationPrompt(float[] Vectors, IReadOnlyList<int> Ids, int Length, string Identity);

/// <summary>
/// The sessions that write a text and what they want: <c>decoder</c>, and where a card has them <c>embed</c> (token ids to vectors),
/// <c>encoder</c> (the prompt goes into it, the decoder begins with a token) and <c>decoder_first</c> (the first pass, without a past).
/// Safe for use by several threads at once.
/// </summary>
internal sealed class LanguageModel : IDisposable
{
    // Prompts of a group are padded to the same length, a multiple of this.
    private const int LengthStep = 32;

    private readonly bool _pads;

    internal LanguageModel(LoadedCard card, SessionPool pool)
    {
        (Generation, Cache) = (card.Card.Generation!, card.Card.Cache!);
        // Padding on the left shifts columns, which only positions taken from the mask make up for; prompts that are all of one
        // length need none.
        _pads = card.Card.Prompt!.HasFields
            && (card.Card.Sessions.ContainsKey(CardSessions.Encoder) || Cache.Buffer == CacheBuffer.Shared || Generation.Positions == PositionRule.Mask);
        try
        {
            Decoder = pool.Open(card, CardSessions.Decoder);
            First = card.Card.Sessions.ContainsKey(CardSessions.DecoderFirst) ? pool.Open(card, CardSessions.DecoderFirst) : null;
            Encoder = card.Card.Sessions.ContainsKey(CardSessions.Encoder) ? pool.Open(card, CardSessions.Encoder) : null;
            Embed = card.Card.Sessions.ContainsKey(CardSessions.Embed) ? pool.Open(card, CardSessions.Embed) : null;
            if (pool.Options.Device?.Kernels is { } kernels)
                OnCard = new(kernels, Generation);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal GenerationCard Generation { get; }

    internal CacheCard Cache { get; }

    internal ModelSession Decoder { get; } = null!;

    internal ModelSession? First { get; }

    internal ModelSession? Encoder { get; }

    internal ModelSession? Embed { get; }

    /// <summary>Picks tokens on the card where the model writes; null where it writes on none.</summary>
    internal CudaTokenPicker? OnCard { get; }

    /// <summary>Whether a prompt is read as vectors, else as token ids.</summary>
    internal bool ReadsVectors => (Encoder ?? Decoder).Has("inputs_embeds");

    /// <summary>
    /// The length that a prompt is padded to. It depends on nothing but the prompt, since sums of other lengths are rounded otherwise, and
    /// a text must not depend on the prompts beside it: only prompts of one padded length are read together.
    /// </summary>
    internal int PaddedLength(int length) => _pads ? (length + LengthStep - 1) / LengthStep * LengthStep : length;

    /// <summary>The vectors of rows of equally many tokens, in the machine's memory: [rows, tokens, width].</summary>
    internal OnnxValue Vectors(IReadOnlyList<int> ids, int rows)
    {
        using var input = Ids(ids, rows);
        return Embed!.Run([new("input_ids", input)], "inputs_embeds")[0];
    }

    /// <summary>Likewise, left where they are made and in their own type, for the decoder to read.</summary>
    internal OnnxValue InputVectors(IReadOnlyList<int> ids, int rows)
    {
        using var input = Ids(ids, rows);
        return Embed!.RunThere([new("input_ids", input)], "inputs_embeds")[0];
    }

    public void Dispose()
    {
        Decoder?.Dispose();
        First?.Dispose();
        Encoder?.Dispose();
        Embed?.Dispose();
    }

    private static OnnxValue Ids(IReadOnlyList<int> ids, int rows)
    {
        var input = OnnxValue.Allocate<long>(rows, ids.Count / rows);
        var values = input.Data<long>();
        for (var i = 0; i < ids.Count; i++)
            values[i] = ids[i];
        return input;
    }
}
