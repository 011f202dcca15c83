using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models.Generation;

/// <summary>Token ids to the vectors that a decoder reads: a card's session <c>embed</c>.</summary>
internal sealed class TokenEmbedding(OnnxSession session)
{
    /// <summary>The vectors of rows of equally many tokens: [rows, tokens, width].</summary>
    internal OnnxValue Embed(ReadOnlySpan<int> ids, int rows)
    {
        using var input = OnnxValue.Allocate<long>(rows, ids.Length / rows);
        var values = input.Data<long>();
        for (var i = 0; i < ids.Length; i++)
            values[i] = ids[i];
        return session.Run([new("input_ids", input)], "inputs_embeds")[0];
    }
}
