namespace Panda.Stream.Models.Generation;

/// <summary>
/// Writes a text for each of a batch of prompts. Prompts of one padded length are read together; each row ends on its own and leaves. A
/// text does not depend on the prompts beside it: neither on their number nor on their lengths.
/// </summary>
internal sealed class TextGenerator(LanguageModel model, StopRule stop)
{
    /// <summary>One text a prompt, in order; no prompt is empty.</summary>
    internal GeneratedTokens[] Generate(IReadOnlyList<GenerationPrompt> prompts)
    {
        var results = new GeneratedTokens[prompts.Count];
        foreach (var group in prompts.Index().GroupBy(prompt => model.PaddedLength(prompt.Item.Length)))
        {
            var places = group.Select(prompt => prompt.Index).ToArray();
            var texts = Together([.. group.Select(prompt => prompt.Item)]);
            for (var i = 0; i < places.Length; i++)
                results[places[i]] = texts[i];
        }
        return results;
    }

    private GeneratedTokens[] Together(GenerationPrompt[] prompts)
    {
        var searches = Array.ConvertAll(prompts, prompt => TokenSearch.Of(model.Generation, stop, prompt.Ids, prompt.Identity));
        List<TokenSearch> live = [.. searches];
        var picker = new TokenPicker(model.Generation, model.OnCard);
        using var decoding = Decoding.Start(model, prompts);
        while (true)
        {
            var questions = live.ConvertAll(search => search.Question);
            var answers = picker.Pick(questions, decoding.Scores, decoding.ScoresOnCard);
            List<int> rows = [], tokens = [];
            List<TokenSearch> going = [];
            for (var (i, first) = (0, 0); i < live.Count; first += questions[i++].Rows.Count)
            {
                var next = live[i].Advance(answers[i]);
                if (next.Count > 0)
                    going.Add(live[i]);
                foreach (var (row, token) in next)
                {
                    rows.Add(first + row);
                    tokens.Add(token);
                }
            }
            if (rows.Count == 0)
                return Array.ConvertAll(searches, search => search.Result!);
            live = going;
            decoding.Continue(rows, tokens);
        }
    }
}
